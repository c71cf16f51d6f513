import Foundation
import Measurement
import ResultSamples
import Results
import Testing

@testable import Report

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ChartTests {
  static let reports = ["matrix": SampleBench.matrix, "acks": SampleBench.acks, "partitions": SampleBench.partitions, "fault": SampleBench.fault]

  static func chart(_ name: String, of report: BenchReport) throws -> Chart { try #require(ChartSet(report).charts.first { $0.name == name }) }

  @Test func `A small drawing is this script`() {
    var drawing = Drawing(width: 100, height: 100)
    drawing.title("Title")
    drawing.panel(
      Panel(
        frame: PanelFrame(left: 10, top: 20, right: 90, bottom: 75), x: Axis(label: "", from: 0, to: 1, ticks: []), y: Axis(label: "", from: 0, to: 2, ticks: []),
        curves: [Curve(title: "one", points: [[0, 1], [1, .nan]], style: "with lines")]))
    #expect(
      drawing.script == """
        $data1 << EOD
        0.0 1.0
        1.0 NaN
        EOD
        set multiplot
        \(ChartStyle.panelPreamble)set label 'Title' at screen 0.14, screen 0.8 left front font 'DejaVu Sans:Bold,15' textcolor rgb '#222222'
        set lmargin at screen 0.1
        set rmargin at screen 0.9
        set tmargin at screen 0.8
        set bmargin at screen 0.25
        set xrange [0.0:1.0]
        unset xtics
        set yrange [0.0:2.0]
        unset ytics
        plot $data1 using 1:2 with lines title 'one'
        unset multiplot

        """)
  }

  @Test func `Each report has the charts that it has data for`() {
    #expect(
      ChartSet(SampleBench.matrix).charts.map(\.name) == [
        "overview", "latency-by-percentile", "pareto", "matrix-throughput", "matrix-p99", "attribution-publish", "attribution-end-to-end", "timeline",
      ])
    #expect(ChartSet(SampleBench.acks).charts.map(\.name) == ["overview", "latency-by-percentile", "pareto", "attribution-publish", "attribution-end-to-end", "timeline"])
    #expect(ChartSet(SampleBench.partitions).charts.contains { $0.name == "scaling-partitions" })
    #expect(ChartSet(SampleBench.fault).charts.map(\.name) == ["latency-by-percentile", "attribution-publish", "attribution-end-to-end", "timeline"])
    #expect(ChartSet(SampleBench.acks, prefix: "a-").charts.allSatisfy { $0.name.hasPrefix("a-") })
  }

  @Test func `Of many rows a few are overlaid, and the chart says so`() throws {
    let chosen = SampleBench.matrix.chosenRows(limit: 8)
    #expect(chosen.count == 8 && chosen == chosen.sorted() && Set(chosen).count == 8)
    #expect(SampleBench.matrix.pareto.allSatisfy(chosen.contains))
    #expect(try Self.chart("latency-by-percentile", of: SampleBench.matrix).script.contains("8 of 36 settings"))
    #expect(try !Self.chart("latency-by-percentile", of: SampleBench.acks).script.contains("settings"))
  }

  @Test func `The rarest sample is at one in the number of samples`() throws {
    let script = try Self.chart("latency-by-percentile", of: SampleBench.fault).script
    #expect(script.contains("\n1000000.0 "))
    #expect(!script.contains("inf"))
  }

  @Test func `The bars of an attribution end at the latency`() throws {
    let latency = try #require(SampleBench.acks.rows[2].result.metrics.attribution.publish.first { $0.of == "mean" })
    let script = try Self.chart("attribution-publish", of: SampleBench.acks).script
    let ends = script.split(separator: "\n").compactMap { line -> Double? in
      let columns = line.split(separator: " ").compactMap { Double($0) }
      return columns.count == 6 && columns[1] == 2 ? columns[3] : nil
    }
    #expect(ends.contains { abs($0 - latency.milliseconds) < 1e-9 })
    // The least of its terms are too short to be seen: they are one part together.
    #expect(script.contains("all smaller terms"))
  }

  @Test func `A matrix of more than two keys has a panel for each of the others`() throws {
    let script = try Self.chart("matrix-p99", of: SampleBench.matrix).script
    for title in ["linger 0 ms, batch 16 KiB", "linger 5 ms, batch 128 KiB"] { #expect(script.contains("'\(title)'")) }
    #expect(!script.contains("mean over"))
    let large = SampleBench.report("large", [("acks", ["0", "1", "all"]), ("linger.ms", ["0", "5"]), ("a", ["1", "2", "3", "4"]), ("b", ["1", "2", "3"])])
    #expect(try Self.chart("matrix-p99", of: large).script.contains("each field is the mean over a, b"))
  }

  @Test func `Cells of a matrix that hardly differ look alike`() throws {
    var report = SampleBench.partitions
    for index in report.rows.indices { report.rows[index].result.metrics.throughput.publish?.recordsPerSecond = 10_000 + Double(index) }
    let fields = try Self.chart("matrix-throughput", of: report).script.matches(of: /behind fillcolor rgb '#(..)(..)(..)'/)
    let reds = fields.compactMap { Int($0.1, radix: 16) }
    #expect(reds.count == report.rows.count)
    #expect((reds.max() ?? 0) - (reds.min() ?? 0) < 20)
  }

  @Test func `Faults and warm-up are behind the timeline`() throws {
    let script = try Self.chart("timeline", of: SampleBench.fault).script
    #expect(script.contains("from first 0.0, graph 0 to first 2.0, graph 1 behind"))
    #expect(script.contains("from first 5.0, graph 0 to first 7.5, graph 1 behind"))
    #expect(script.contains("from first 10.0, graph 0 to graph 1, graph 1 behind"))
    #expect(script.contains("'slow disk of broker-3'"))
  }

  @Test func `A window between two without a measurement is a dot, because a line through it has no length`() throws {
    var report = SampleBench.fault
    func script(_ latencies: [Double?]) throws -> String {
      let count = report.rows[0].result.metrics.series.publishRate.count
      let rest = [Double?](repeating: nil, count: max(0, count - latencies.count))
      report.rows[0].result.metrics.series.publishP99 = latencies + rest
      report.rows[0].result.metrics.series.publishP50 = latencies + rest
      report.rows[0].result.metrics.series.publishMax = latencies + rest
      report.rows[0].result.metrics.series.endToEndP99 = latencies + rest
      return try Self.chart("timeline", of: report).script
    }
    #expect(try script([5, 6, nil, 14_955]).contains("with points pointtype 7"))
    #expect(try !script([5, 6, nil, 7, 8]).contains("with points pointtype 7"))
  }

  @Test(arguments: ["matrix", "acks", "partitions", "fault"]) func `Gnuplot draws every chart without a complaint`(name: String) throws {
    let gnuplot = try Gnuplot(), report = try #require(Self.reports[name])
    for chart in ChartSet(report).charts {
      let pictures = try gnuplot.draw(chart)
      #expect(pictures.png.starts(with: [0x89, 0x50, 0x4e, 0x47]))
      #expect(pictures.svg.file.contains("viewBox=\"0 0 \(chart.width) \(chart.height)\""))
      for svg in [pictures.svg.file, pictures.svg.element] {
        #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(chart.name)")
        #expect(!svg.lowercased().contains("gnuplot"))
      }
      #expect(!pictures.svg.element.contains(ChartStyle.ink), "a page's ink is the page's")
    }
  }

  @Test func `A chart is the same bytes each time`() throws {
    let chart = try Self.chart("overview", of: SampleBench.acks), gnuplot = try Gnuplot()
    let first = try gnuplot.draw(chart), second = try gnuplot.draw(chart)
    #expect(first.svg == second.svg && first.png == second.png)
  }

  @Test func `Names that look like commands are only names`() throws {
    let wild = SampleBench.report("wild'\n\\ \"$`\u{7}%d<b>", [("acks", ["'; exit 3 #", "%s%d&amp;<i>", "\\n{/Bold}"])])
    let charts = ChartSet(wild).charts
    #expect(!charts.isEmpty)
    for chart in charts {
      let picture = try Gnuplot().draw(chart)
      #expect(XMLParser(data: Data(picture.svg.file.utf8)).parse(), "\(chart.name)")
    }
  }

  @Test func `A machine without gnuplot is told what to install`() {
    #expect(throws: GnuplotError.missing) { try Gnuplot(searchPath: "/nowhere") }
    #expect(GnuplotError.missing.description.contains("apt-get install gnuplot-nox"))
  }

  @Test func `A complaint of gnuplot is an error`() throws {
    var drawing = Drawing(height: 100)
    drawing.panel(
      Panel(
        frame: PanelFrame(left: 10, top: 20, right: 90, bottom: 75), x: .linear("", upTo: 1, text: countText), y: .linear("", upTo: 1, text: countText), commands: "no command\n"))
    let chart = Chart(name: "broken", title: "", description: "", drawing: drawing)
    #expect { try Gnuplot().draw(chart) } throws: { "\($0)".contains("'broken'") && "\($0)".contains("invalid command") }
  }
}
