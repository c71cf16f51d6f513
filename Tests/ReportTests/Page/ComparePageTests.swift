import Compare
import ResultSamples
import Results
import Testing

@testable import Report

@Suite struct ComparePageTests {
  private static func moved(_ comparison: Comparison) -> [String] { comparison.movedFigures.map { "\($0.row): \($0.metric)" } }

  private static func html(_ comparison: Comparison) throws -> String { try PageTests.text("index.html", of: PageTests.page([.comparison(comparison)])) }

  @Test func `What broke a gate stands first, then what got worse, from the largest move to the least`() throws {
    let candidate = CompareFixture.measured { metrics in
      metrics.latency.publish.p99 = 10.8
      metrics.latency.publish.p50 = 60
      metrics.latency.endToEnd.p99 = 0.1
    }
    let comparison = try CompareFixture.compare(candidate, "publish.p99 <= +2%")
    let moved = Self.moved(comparison)
    #expect(moved.first == "acks=all: publish.p99")
    #expect(comparison.movedFigures.map(\.meaning.rawValue) == comparison.movedFigures.map(\.meaning.rawValue).sorted())
    #expect(comparison.movedFigures[0].meaning == .broken && comparison.movedFigures[1].meaning == .worse && comparison.movedFigures.last?.meaning == .better)
    let chart = try #require(Chart.moved(comparison))
    #expect(chart.description.hasPrefix("Worst first: acks=all: publish.p99 +8"))
    #expect(chart.script.contains("'acks=all: publish.p99' 0.0") && chart.script.contains("'broke a gate'"))
  }

  @Test func `A page of a comparison tells within its first lines what became slower, and why`() throws {
    let comparison = try CompareFixture.compare(CompareFixture.slower, "publish.p99 <= +2%")
    let html = try Self.html(comparison)
    for section in ["findings", "moved", "sides", "why", "gates", "compared"] { #expect(html.contains("<section id=\"\(section)\""), "\(section)") }
    let findings = try #require(html.components(separatedBy: "<section id=\"findings\"").last?.components(separatedBy: "</section>").first)
    #expect(findings.contains("<strong>acks=all: publish.p99 +8.0 %</strong>"))
    #expect(findings.contains("replication +0.72") && findings.contains("publish.p99 &lt;= +2%"))
    #expect(html.contains("<title>sample: compared"))
  }

  @Test func `Two equal results have nothing that moved, and a page that says so`() throws {
    let comparison = try CompareFixture.compare(CompareFixture.baseline)
    #expect(comparison.movedFigures.isEmpty && Chart.moved(comparison) == nil && Chart.sides(comparison) != nil)
    let html = try Self.html(comparison)
    #expect(html.contains("<strong>All gates hold.</strong>") && html.contains("Nothing is better.") && !html.contains("<section id=\"moved\""))
  }

  @Test func `A row that is missing and a run that measured nothing are told`() throws {
    var missing = CompareFixture.baseline
    missing.rows.removeLast()
    #expect(try Self.html(try CompareFixture.compare(missing)).contains("the candidate does not have this row"))
    #expect(try Self.html(try CompareFixture.compare(CompareFixture.unmeasured)).contains("nothing was measured by the candidate"))
  }

  @Test func `Rows stand beside their baseline, with bounds of gates and ranges over seeds`() throws {
    let bounded = try #require(Chart.sides(try CompareFixture.compare(CompareFixture.slower, "publish.p99 <= 20ms")))
    #expect(bounded.curveTitles.contains("bound of a gate") && bounded.curveTitles.contains("candidate, worse"))
    #expect(!bounded.curveTitles.contains("candidate, breaks a gate"))
    #expect(try #require(Chart.sides(try CompareFixture.compare(CompareFixture.slower))).curveTitles.contains("candidate, breaks a gate"))
    let old = CompareFixture.result(seeds: [1, 2, 3], p99: [10, 11, 12]), new = CompareFixture.result(seeds: [1, 2, 3], p99: [11, 12, 14])
    let seeds = try #require(Chart.sides(try Comparison(baseline: [old], candidate: [new], gates: [])))
    #expect(seeds.curveTitles.contains("range over the seeds") && !bounded.curveTitles.contains("range over the seeds"))
  }

  @Test func `No text of a comparison's charts runs into another one`() throws {
    for candidate in [CompareFixture.slower, CompareFixture.baseline] {
      for chart in Chart.comparison(try CompareFixture.compare(candidate, "publish.p99 <= 20ms", "throughput >= -0%")) {
        let svg = try Gnuplot().draw(chart).svg.file
        #expect(ChartText.collisions(in: svg, width: chart.width, height: chart.height).isEmpty, "\(chart.name)")
      }
    }
  }
}
