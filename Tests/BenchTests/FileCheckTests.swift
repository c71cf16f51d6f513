import Testing

@testable import Bench

/// Files that are read and never run.
@Suite struct FileCheckTests {
  private let files = TemporaryFiles()

  @Test func `a byte order mark at the beginning of a file does no harm`() throws {
    let check = FileCheck(try files.write("\u{feff}" + BenchRunTests.text, to: "marked.yaml"))
    #expect(check.kind == .scenario)
    #expect(check.mistakes.isEmpty)
  }
}
