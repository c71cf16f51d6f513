import Compare
import Measurement
import ResultSamples
import Results
import Testing

@testable import Report

/// What one sees, or would not see, in a chart.
@Suite struct ChartLegibilityTests {
  static let linger = SampleBench.report("linger", [("linger.ms", ["0", "5", "50"]), ("compression.type", ["none", "lz4", "zstd"])])

  static func chart(_ name: String, of report: BenchReport) throws -> Chart { try #require(ChartSet(report).charts.first { $0.name == name }) }

  private static func collisions(in chart: Chart) throws -> [String] {
    ChartText.collisions(in: try Gnuplot().draw(chart).svg.file, width: chart.width, height: chart.height)
  }

  @Test(arguments: ["matrix", "acks", "partitions", "fault", "linger", "search"]) func `No text of a chart runs into another one or leaves the picture`(name: String) throws {
    let reports = ChartTests.reports.merging(["linger": Self.linger, "search": Self.searched]) { $1 }
    for chart in ChartSet(try #require(reports[name])).charts { #expect(try Self.collisions(in: chart).isEmpty, "\(chart.name)") }
  }

  @Test func `Texts that touch or are cut off are found`() throws {
    func chart(_ labels: [(String, Int, Int)]) -> Chart {
      var drawing = Drawing(width: 300, height: 200)
      for (text, x, y) in labels { drawing.label(text, x: x, y: y) }
      drawing.panel(Panel(frame: PanelFrame(left: 40, top: 60, right: 280, bottom: 150), x: .linear("", upTo: 1, text: countText), y: .linear("", upTo: 1, text: countText)))
      return Chart(name: "probe", title: "", description: "", drawing: drawing)
    }
    #expect(try Self.collisions(in: chart([("one", 50, 20), ("two", 100, 20)])).isEmpty)
    #expect(try Self.collisions(in: chart([("99.999 %", 50, 20), ("50 %", 95, 20)])).count == 1)
    #expect(try Self.collisions(in: chart([("far too far to the right", 250, 20)])).count == 1)
  }

  // MARK: Matrix

  @Test func `Fields within a twentieth of each other have one colour, and the matrix says so`() throws {
    func script(_ rate: (Int) -> Double) throws -> String {
      var report = SampleBench.partitions
      for index in report.rows.indices { report.rows[index].result.metrics.throughput.publish?.recordsPerSecond = rate(index) }
      return try Self.chart("matrix-throughput", of: report).script
    }
    func colours(_ script: String) -> Set<Substring> { Set(script.matches(of: /behind fillcolor rgb '(#[0-9a-f]{6})'/).map(\.1)) }
    let alike = try script { 10_000 + Double($0) * 10 }
    #expect(colours(alike) == ["#dbe4ec"] && alike.contains("'all fields are within 5 % of each other'"))
    let different = try script { 10_000 + Double($0) * 1_000 }
    #expect(colours(different).count > 3 && different.contains("'yellow is high, dark blue is low'"))
    #expect(try Self.chart("matrix-p99", of: SampleBench.matrix).script.contains("'yellow is fast, dark blue is slow'"))
  }

  // MARK: Lines on each other

  @Test func `Of lines that lie on each other the lower one is wider`() {
    func widths(_ second: [[Double]]) -> [Double?] {
      let lines: [Curve] = [.line("one", [[0, 1], [1, 2], [2, 3]], index: 0), .line("two", second, index: 1)]
      let axis = Axis.linear("", upTo: 4, text: countText)
      return Panel(frame: PanelFrame(left: 0, top: 0, right: 300, bottom: 300), x: axis, y: axis, curves: lines).withLinesApart.curves.map(\.lineWidth)
    }
    #expect(widths([[0, 1], [1, 2], [2, 3]]) == [4, 2])
    #expect(widths([[0, 1], [1, 2], [2, 1]]) == [4, 2])
    #expect(widths([[0, 2], [1, 3], [2, 3]]) == [2, 2])
    // A few common points at the start of a long line are not one line.
    #expect(widths([[0, 1], [1, 1], [2, 1], [3, 1], [4, 1]]) == [2, 2])
    #expect(widths([[0, .nan], [1, .nan], [2, .nan]]) == [2, 2])
  }

  // MARK: Scaling

  @Test func `A key's ends have their labels, and 0 stands on a logarithmic axis`() throws {
    let script = try Self.chart("scaling-linger-ms", of: Self.linger).script
    for label in ["'0 ms'", "'5 ms' 5.0", "'50 ms' 50.0"] { #expect(script.contains(label), "\(label)") }
    #expect(script.contains("set logscale x 10") && script.contains("'the axis is logarithmic; 0 stands at its left end'"))
    let crowded = SampleBench.report("crowded", [("partitions", ["100", "101", "102", "103", "104", "400", "401", "402"])])
    let ticks = try Self.chart("scaling-partitions", of: crowded).script
    #expect(ticks.contains("'402' 402.0") && ticks.contains("'100' 100.0") && ticks.contains("'' 401.0"))
  }

  // MARK: Over time

  private static func timeline(_ change: (inout Metrics) -> Void) throws -> String {
    var report = SampleBench.fault
    change(&report.rows[0].result.metrics)
    return try chart("timeline", of: report).script
  }

  private static func timeline(publish: [Double]) throws -> [String] {
    let script = try timeline { metrics in
      metrics.window = MeasuredWindow(fromSeconds: 1, toSeconds: 2)
      metrics.series.windowSeconds = 0.5
      metrics.series.publishRate = publish
      metrics.series.consumeRate = publish
    }
    let block = try #require(script.components(separatedBy: "$data1 << EOD\n").last?.components(separatedBy: "EOD").first)
    return block.split(separator: "\n").map { String($0.split(separator: " ")[1]) }
  }

  @Test func `What comes in behind the end of the load is no throughput, unless it is as much as before`() throws {
    #expect(try Self.timeline(publish: [100, 100, 100, 100, 3]) == ["100.0", "100.0", "100.0", "100.0", "NaN"])
    #expect(try Self.timeline(publish: [100, 100, 0, 0, 300]) == ["100.0", "100.0", "0.0", "0.0", "300.0"])
    #expect(try Self.timeline { $0.window = MeasuredWindow(fromSeconds: 2, toSeconds: 11.75) }.contains("'warm-up, and after the load: not measured'"))
    #expect(try !Self.timeline { _ in }.contains("after the load"))
  }

  @Test func `Each kind of fault has its colour and its name, and one that never ends says so`() throws {
    let script = try Self.timeline { _ in }
    let colours = script.matches(of: /from first ([\d.]+), graph 0 to (?:first [\d.]+|graph 1), graph 1 behind fillcolor rgb '(#[0-9a-f]{6})'/)
    let ofKill = colours.first { $0.1 == "5.0" }?.2, ofCut = colours.first { $0.1 == "10.0" }?.2
    #expect(ofKill == "#d55e00" && ofCut != nil && ofCut != ofKill)
    #expect(script.contains("'kill leader(t-0)'") && script.contains(", to the end'"))
  }

  // MARK: Search

  static var searched: BenchReport {
    var report = SampleBench.acks
    let steps = [(10_000, 2.0, true), (80_000, 90, false), (40_000, 5, true), (60_000, 31, false)].map { rate, p99, isMet in
      SearchStep(recordsPerSecond: Double(rate), published: Double(rate), publishP99: p99, missed: isMet ? [] : ["publish.p99 <= 20ms"])
    }
    for index in report.rows.indices { report.rows[index].result.search = StoredSearch(objectives: ["publish.p99 <= 20ms"], recordsPerSecond: 40_000, steps: steps) }
    report.rows[2].result.search?.recordsPerSecond = nil
    return report
  }

  @Test func `A search is a curve of its rates, with the objective as a line and the highest rate that meets it`() throws {
    let chart = try Self.chart("search-rates", of: Self.searched)
    #expect(chart.script.contains("$data1 << EOD\n10000.0 2.0\n40000.0 5.0\n60000.0 31.0\n80000.0 90.0\nEOD"))
    #expect(chart.script.contains("'objective, 20 ms'") && chart.script.contains("set arrow from first 40000.0, graph 0"))
    #expect(chart.curveTitles.filter { $0 == "acks=0: highest rate" }.count == 1 && !chart.curveTitles.contains("acks=all: highest rate"))
    #expect(chart.description.contains("acks=0: 40 000 records/s") && chart.description.contains("acks=all: no rate meets it"))
    #expect(Chart.search(SampleBench.acks) == nil)
  }

  @Test func `The objective of a search is drawn where it is one of p99, and in any unit`() throws {
    func script(_ objective: String) throws -> String {
      var report = Self.searched
      for index in report.rows.indices { report.rows[index].result.search?.objectives = [objective] }
      return try Self.chart("search-rates", of: report).script
    }
    #expect(try script("publish.p99 <= 500us").contains("'objective, 500 µs'"))
    #expect(try !script("endToEnd.p99 <= 20ms").contains("'objective,"))
  }

  // MARK: Seeds

  @Test func `Means over seeds have whiskers, and the legend says what they are`() throws {
    var report = SampleBench.acks
    for index in report.rows.indices {
      var other = report.rows[index].result
      other.seed += 1
      other.metrics.throughput.publish?.recordsPerSecond *= 1.1
      report.rows[index].otherSeeds = [other]
    }
    let script = try Self.chart("overview", of: report).script
    #expect(script.contains("with xerrorbars") && script.contains("over the seeds, least to greatest'"))
    #expect(try !Self.chart("overview", of: SampleBench.acks).script.contains("with xerrorbars"))
  }
}
