import Foundation
import ResultSamples
import Results
import Testing
import Workloads

@testable import Report

@Suite struct PageTests {
  /// A page whose charts are empty pictures: what gnuplot draws is the matter of other tests.
  static func page(_ reports: [BenchReport]) throws -> ReportPage { try page(reports.map(ReportPage.Subject.benchmark)) }

  static func page(_ subjects: [ReportPage.Subject]) throws -> ReportPage {
    try ReportPage(subjects, draw: { chart in Gnuplot.Pictures(svg: "</desc><g></g></svg>", png: Data([1]), of: chart) })
  }

  static func text(_ path: String, of page: ReportPage) throws -> String { String(decoding: try #require(page.files.first { $0.path == path }).content, as: UTF8.self) }

  static func html(_ reports: BenchReport...) throws -> String { try text("index.html", of: page(reports)) }

  @Test func `Markup from outside is text`() {
    #expect(escaped("<a href='x'>\"&\"\u{1}</a>") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;\u{fffd}&lt;/a&gt;")
    #expect(escapedMarkdown("a|b *c* _d_ <e> [f]\n`g`") == "a\\|b \\*c\\* \\_d\\_ &lt;e&gt; \\[f\\] \\`g\\`")
  }

  @Test func `Nothing in a result becomes markup`() throws {
    var report = SampleBench.acks
    let attack = "</title><script>alert(1)</script>\"'`|"
    report.scenario = attack
    report.about = attack
    report.replay = attack
    report.varied[0].key = attack
    for index in report.rows.indices {
      report.rows[index].settings[0].key = attack
      report.rows[index].result.machine = attack
      report.rows[index].result.story = [StoryLine(time: .zero, who: attack, what: attack, weight: .event)]
      report.rows[index].result.metrics.bottleneck = attack
      report.rows[index].result.metrics.stations[0].node = attack
      report.rows[index].result.metrics.laws[0].figures = attack
      report.rows[index].result.verdicts[0] = Verdict(.lostWrite, examined: 1, cases: [attack])
      report.rows[index].result.replay = attack
    }
    report.effects[0].keys = [attack]
    let html = try Self.html(report)
    #expect(!html.contains("<script>alert"))
    #expect(html.components(separatedBy: "<script>").count == 2)
    let markdown = try Self.text("report.md", of: Self.page([report]))
    let outsideOfFences = markdown.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined()
    #expect(!outsideOfFences.contains("<script>alert"))
  }

  @Test func `A page says what was run and what the outcome was`() throws {
    let html = try Self.html(SampleBench.matrix)
    for section in ["run", "findings", "results", "latency", "trade-offs", "attribution", "over-time", "stations", "volume", "guarantees", "laws", "effects", "story", "repeat"] {
      #expect(html.contains("<section id=\"\(section)\""), "\(section)")
      #expect(html.contains("<a href=\"#\(section)\">"), "\(section)")
    }
    for fact in [
      "lang=\"en\"", "<title>matrix", escaped(SampleBench.matrix.about), escaped(SampleBench.matrix.replay), "nvme-10g", "trial 0.2.0", "prefers-color-scheme: dark", "@media print",
      "replica-divergence", "conservation", "permitted loss", "waiting for the ISR", "client produce-1: processor",
    ] { #expect(html.contains(fact), "\(fact)") }
    let results = try #require(html.components(separatedBy: "<section id=\"results\"").last?.components(separatedBy: "</section>").first)
    #expect(results.components(separatedBy: "<tr class=\"marked\">").count - 1 == SampleBench.matrix.pareto.count)
  }

  @Test func `A page needs nothing from elsewhere`() throws {
    let html = try Self.html(SampleBench.matrix, SampleBench.fault)
    for reference in ["src=", "@import", "url(", "<link rel=\"stylesheet\"", "fetch("] { #expect(!html.contains(reference), "\(reference)") }
    let addresses = html.matches(of: /https?:\/\/[^"]*/).map { String($0.0) }
    #expect(Set(addresses).isSubset(of: ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]))
  }

  @Test func `Several benchmarks share a page but no id`() throws {
    let html = try Self.html(SampleBench.acks, SampleBench.fault, SampleBench.acks, ChartLegibilityTests.searched)
    let ids = html.matches(of: /\bid="([^"]*)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    #expect(html.contains("<section id=\"bench-acks-2-laws\""))
    let page = try Self.page([SampleBench.acks, SampleBench.acks])
    #expect(Set(page.files.map(\.path)).count == page.files.count)
    #expect(page.files.contains { $0.path == "charts/bench-acks-2-overview.png" })
  }

  @Test func `Results of one scenario are told apart by what was varied, and by numbers where that is the same`() throws {
    func titles(_ reports: BenchReport...) throws -> [String] {
      try Self.text("index.html", of: Self.page(reports)).matches(of: /<h1 [^>]*>([^<]*)<\/h1>/).map { String($0.1) }
    }
    var other = SampleBench.report("acks", [("linger.ms", ["0", "5"])])
    other.inputs.objectives = ["publish.p99 <= 20ms"]
    let told = try titles(SampleBench.acks, other, SampleBench.fault)
    #expect(told[0].hasPrefix("acks: acks 0, 1, all") && told[1].hasPrefix("acks: linger 0, 5; search publish.p99 &lt;= 20ms") && told[2] == "fault-during-load")
    let same = try titles(SampleBench.acks, SampleBench.acks)
    #expect(same[0] != same[1] && same[1].hasSuffix(" (2)"))
    #expect(try titles(SampleBench.acks) == ["acks"])
    #expect(try Self.html(SampleBench.acks, other).contains("<title>acks: acks 0, 1, all"))
  }

  @Test func `A page has its results as data beside it, and leads there`() throws {
    let page = try Self.page([SampleBench.acks])
    #expect(try Self.text("index.html", of: page).contains("<a href=\"data/bench-acks.json\">JSON</a>"))
    #expect(try Self.text("report.md", of: page).contains("[JSON](data/bench-acks.json)"))
    #expect(try Self.text("data/bench-acks.json", of: page) == SampleBench.acks.json.text)
  }

  @Test func `Speed and delivery are tables of their own`() throws {
    let html = try Self.html(SampleBench.matrix)
    let results = try #require(html.components(separatedBy: "<section id=\"results\"").last?.components(separatedBy: "</section>").first)
    let tables = results.components(separatedBy: "<table").dropFirst()
    #expect(tables.count == 2 && tables.first?.contains("bottleneck") == true && tables.first?.contains("duplicated") == false)
    #expect(tables.last?.contains("duplicated") == true && tables.last?.contains("bottleneck") == false)
  }

  @Test func `A page of one result has no id twice, whatever charts it has`() throws {
    let comparison = try CompareFixture.compare(CompareFixture.slower)
    let pages = [try Self.html(ChartLegibilityTests.searched), try Self.html(SampleBench.matrix), try Self.text("index.html", of: Self.page([.comparison(comparison)]))]
    for html in pages {
      let ids = html.matches(of: /\bid="([^"]*)"/).map { String($0.1) }
      #expect(Set(ids).count == ids.count)
    }
  }

  @Test func `What went wrong is among the findings`() throws {
    let markdown = try Self.text("report.md", of: Self.page([SampleBench.fault, SampleBench.matrix]))
    #expect(markdown.contains("**A guarantee is violated** in this run."))
    #expect(markdown.contains("**Not exercised**"))
    #expect(markdown.contains("**Invalid**: the figures of acks=0, zstd"))
    #expect(markdown.contains("**48 were lost**, all as settings and faults permit."))
    #expect(try !Self.text("report.md", of: Self.page([SampleBench.partitions])).contains("**Invalid**"))
  }

  @Test func `A disturbance shows before, during and after`() throws {
    let html = try Self.html(SampleBench.fault)
    #expect(html.contains("<section id=\"faults\""))
    for fact in ["kill leader(t-0), 5 s to 7.5 s", ">before<", ">during<", ">after<", ">2.9 s<", ">never<", "cut broker-1 from broker-2, 10 s on"] { #expect(html.contains(fact), "\(fact)") }
    #expect(try !Self.html(SampleBench.acks).contains("<section id=\"faults\""))
  }

  @Test func `A search shows every rate that it tried`() throws {
    var report = SampleBench.fault
    report.rows[0].result.search = StoredSearch(
      objectives: ["publish.p99 <= 20ms"], recordsPerSecond: 52_000,
      steps: [SearchStep(recordsPerSecond: 60_000, published: 58_000, publishP99: 31, missed: ["publish.p99 <= 20ms"]), SearchStep(recordsPerSecond: 52_000, published: 52_000, publishP99: 19, missed: [])])
    let html = try Self.html(report)
    #expect(html.contains("<strong>52 000 records/s</strong> is the highest that meets publish.p99 &lt;= 20ms"))
    #expect(html.contains(">60 000<") && html.contains("all objectives met"))
  }

  @Test func `A benchmark without rows still has a page`() throws {
    let report = BenchReport(scenario: "empty", about: "", build: "b", varied: [], rows: [], pareto: [], effects: [], replay: "trial bench empty.yaml")
    #expect(try Self.html(report).contains("trial bench empty.yaml"))
  }

  @Test func `The same report is the same page`() throws {
    #expect(try Self.page([SampleBench.matrix]).files == Self.page([SampleBench.matrix]).files)
  }
}
