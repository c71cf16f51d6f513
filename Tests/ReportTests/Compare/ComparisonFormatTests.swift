import Testing

@testable import Report

@Suite struct ComparisonFormatTests {
  typealias Fixture = CompareFixture

  /// One row that broke a gate, one that did not; a row that is missing.
  private func comparison() throws -> Comparison {
    try Fixture.compare(Fixture.slower, "publish.p99 <= +2%", "lost == 0")
  }

  private func file(_ format: ComparisonFormat, _ comparison: Comparison, _ index: Int = 0) -> String { format.files(of: comparison)[index].text }

  @Test("The terminal shows what moved, which gate broke, and why") func terminal() throws {
    #expect(try comparison().text(isStrict: false) == """
      x
      """)
  }

  @Test("Markdown") func markdown() throws {
    #expect(file(.markdown, try comparison()) == """
      x
      """)
  }

  @Test("JUnit") func junit() throws {
    #expect(file(.junit, try comparison()) == """
      x
      """)
  }

  @Test("github") func github() throws {
    #expect(file(.github, try comparison()) == """
      x
      """)
  }

  @Test("gab") func gab() throws {
    #expect(file(.githubActionBenchmark, try comparison()) == """
      x
      """)
    #expect(file(.githubActionBenchmark, try comparison(), 1) == """
      x
      """)
  }

  @Test("bencher") func bencher() throws {
    #expect(file(.bencher, try comparison()) == """
      x
      """)
  }

  @Test("jmh") func jmh() throws {
    #expect(file(.jmh, try comparison()) == """
      x
      """)
  }

  @Test("json") func json() throws {
    #expect(try comparison().json(isStrict: false).text == """
      x
      """)
  }
}
