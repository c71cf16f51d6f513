extension Chart {
  /// Throughput and latency over time for several rows laid over each other, with the warm-up and every fault as a stretch of the background.
  static func timelines(_ report: BenchReport) -> Chart? {
    let rows = report.chosenRows(limit: 4).filter { !report.rows[$0].result.metrics.series.publishRate.isEmpty }
    guard rows.count > 1 else { return nil }
    let names = RowNames(report)
    let metrics = rows.map { report.rows[$0].result.metrics }
    let rate = TimelinePanel(
      title: "Throughput, records/s", format: countText, isLatency: false,
      curves: metrics.enumerated().map { (names[rows[$0.offset]], $0.element.series, \.publishRate, $0.offset) })
    let latency = TimelinePanel(
      title: "Publish latency, p99", format: timeText(milliseconds:), isLatency: true,
      curves: metrics.enumerated().map { (names[rows[$0.offset]], $0.element.series, \.publishP99, $0.offset) })
    return timeline(
      name: "timeline", title: "Throughput and latency over time", note: report.choiceNote(rows), panels: [rate, latency],
      spans: TimelineSpans(metrics), legend: rows.enumerated().map { (.line($0.offset, hasMark: false), names[$0.element]) })
  }

  /// One row over time, in full: what was acknowledged, given to consumers and failed; the latencies; the backlog.
  static func timeline(_ report: BenchReport, row: Int) -> Chart? {
    let metrics = report.rows[row].result.metrics, series = metrics.series
    guard !series.publishRate.isEmpty else { return nil }
    var panels: [TimelinePanel] = [
      TimelinePanel(
        title: "Records/s", format: countText, isLatency: false,
        curves: [("acknowledged", series, \.publishRate, 0), ("failed", series, \.errorRate, 1), ("consumed", series, \.consumeRate, 2)]
          .filter { series[keyPath: $0.2].contains { $0 > 0 } }),
      TimelinePanel(
        title: "Latency", format: timeText(milliseconds:), isLatency: true,
        curves: [
          ("publish p50", series, \.publishP50, 5), ("publish p99", series, \.publishP99, 0), ("publish maximum", series, \.publishMax, 6),
          ("end-to-end p99", series, \.endToEndP99, 2),
        ].filter { series[keyPath: $0.2].contains { $0 > 0 } }),
    ]
    if series.backlog.contains(where: { $0 > 0 }) {
      panels.append(
        TimelinePanel(
          title: "Backlog, records", format: countText, isLatency: false, curves: [("backlog", series, \.backlogs, 4)], height: 90))
    }
    var seen: [String] = []
    let legend: [(Legend.Sample, String)] = panels.flatMap(\.curves).compactMap { curve in
      guard !seen.contains(curve.name) else { return nil }
      seen.append(curve.name)
      return (.line(curve.index, hasMark: false), curve.name)
    }
    let isAlone = report.rows.count == 1
    return timeline(
      name: isAlone ? "timeline" : "timeline-\(row + 1)", title: "Throughput and latency over time", note: isAlone ? "" : RowNames(report)[row],
      panels: panels.filter { !$0.curves.isEmpty }, spans: TimelineSpans([metrics]), legend: legend)
  }

  private static func timeline(
    name: String, title: String, note: String, panels: [TimelinePanel], spans: TimelineSpans, legend: [(Legend.Sample, String)]
  ) -> Chart? {
    guard !panels.isEmpty else { return nil }
    let left = 76, right = ChartStyle.width - 24
    let end = panels.flatMap(\.curves).map { Double($0.series[keyPath: $0.values].count) * $0.series.windowSeconds }.max() ?? 1
    let time = Axis.time(to: end)
    let labels = spans.labels(left: left, right: right, time: time)
    let bands = Legend(legend + spans.legend)
    var top = Drawing.titleHeight(hasSubtitle: !note.isEmpty) + 24
    let panelsTop = top
    for panel in panels { top += panel.height + 40 }
    var drawing = Drawing(height: top + 18 + bands.height(width: right - left))
    drawing.title(title, note)
    bands.draw(in: &drawing, left: left - 20, top: top + 14, width: right - left)
    top = panelsTop
    for (index, panel) in panels.enumerated() {
      let isLast = index == panels.count - 1
      var x = isLast ? time : time.unlabelled
      x.hasGrid = false
      var plot = Panel(
        frame: Frame(left: left, top: top, right: right, bottom: top + panel.height), title: panel.title, x: x, y: panel.axis,
        curves: panel.curves.map { curve in
          .line(curve.name, curve.series.points(curve.values, hasGaps: panel.isLatency), index: curve.index, width: 1.6)
        })
      plot.commands = spans.bands + (index == 0 ? labels : "")
      drawing.panel(plot)
      top += panel.height + 40
    }
    return Chart(name: name, title: title, description: "\(title)\(note.isEmpty ? "" : ", \(note)"). \(spans.words)", drawing: drawing)
  }
}

/// A panel of a timeline: curves of one quantity.
private struct TimelinePanel {
  typealias TimelineCurve = (name: String, series: TimeSeries, values: KeyPath<TimeSeries, [Double]>, index: Int)

  let title: String
  let format: (Double) -> String
  let isLatency: Bool
  let curves: [TimelineCurve]
  var height = 150

  /// Latencies that spread over more than a factor of thirty would hide most of themselves on a linear axis.
  var axis: Axis {
    let values = curves.flatMap { $0.series[keyPath: $0.values] }
    let positive = values.filter { $0 > 0 }
    let least = positive.min() ?? 1, largest = positive.max() ?? 1
    return isLatency && largest > least * 30
      ? .logarithmic("", from: least, to: largest, text: format) : Axis.linear("", upTo: largest, text: format).thinned(to: height / 24)
  }
}

extension TimeSeries {
  fileprivate var backlogs: [Double] { backlog.map(Double.init) }

  /// `[seconds, value]` at the middle of each window. A latency of 0 is one that nobody had.
  fileprivate func points(_ values: KeyPath<TimeSeries, [Double]>, hasGaps: Bool) -> [[Double]] {
    self[keyPath: values].enumerated().map { index, value in [(Double(index) + 0.5) * windowSeconds, hasGaps && value <= 0 ? .nan : value] }
  }
}

extension Axis {
  /// The scenario's clock.
  fileprivate static func time(to end: Double) -> Axis {
    var axis = linear("time", upTo: end) { timeText(milliseconds: $0 * 1_000) }
    axis.to = end
    axis.ticks.removeAll { $0.position > end }
    return axis
  }
}

/// The stretches of time that stand in the background.
private struct TimelineSpans {
  private struct Span {
    let name: String
    let from: Double
    let to: Double?
  }

  private let warmUp: Double
  private let faults: [Span]

  init(_ metrics: [Metrics]) {
    warmUp = metrics.map(\.window.fromSeconds).min() ?? 0
    var faults: [Span] = []
    for disturbance in metrics.flatMap(\.disturbances)
    where !faults.contains(where: { $0.name == disturbance.fault && $0.from == disturbance.fromSeconds && $0.to == disturbance.toSeconds }) {
      faults.append(Span(name: disturbance.fault, from: disturbance.fromSeconds, to: disturbance.toSeconds))
    }
    self.faults = faults
  }

  var legend: [(Legend.Sample, String)] {
    (warmUp > 0 ? [(.band(ChartStyle.grey), "warm-up, not measured")] : []) + (faults.isEmpty ? [] : [(.band(ChartStyle.vermillion), "fault")])
  }

  var bands: String {
    var commands = warmUp > 0 ? band(0, warmUp, ChartStyle.grey) : ""
    for fault in faults { commands += band(fault.from, fault.to, ChartStyle.vermillion) }
    return commands
  }

  private func band(_ from: Double, _ to: Double?, _ colour: String) -> String {
    let right = to.map { "first \($0)" } ?? "graph 1"
    return "set object rectangle from first \(from), graph 0 to \(right), graph 1 behind fillcolor rgb '\(colour)' fillstyle transparent solid 0.18 noborder\n"
      + "set arrow from first \(from), graph 0 to first \(from), graph 1 nohead back linecolor rgb '\(colour)' linewidth 1\n"
  }

  /// The names of the faults inside the first panel, each on the first line where it does not run into another.
  func labels(left: Int, right: Int, time: Axis) -> String {
    var ends: [Int] = []
    var commands = ""
    for fault in faults {
      let name = fault.name.shortened(to: 40), width = Int(Double(name.count) * ChartStyle.smallLetterWidth) + 10
      let wanted = left + Int(time.part(of: fault.from) * Double(right - left)) + 5
      let start = min(wanted, right - width)
      let line = ends.firstIndex { $0 < start } ?? ends.count
      if line == ends.count { ends.append(0) }
      ends[line] = start + width
      let x = Double(start - left) / Double(right - left)
      commands += "set label \(quoted(name)) at graph \(x), graph 1 left offset 0, character \(-0.8 - Double(line) * 1.1) front "
      commands += "font '\(ChartStyle.font),\(ChartStyle.smallSize)' textcolor rgb '\(ChartStyle.ink)'\n"
    }
    return commands
  }

  var words: String {
    var words = warmUp > 0 ? ["The first \(significant(warmUp)) s are warm-up."] : []
    words += faults.map { "\($0.name) from \(significant($0.from)) s\($0.to.map { " to \(significant($0)) s" } ?? " on")." }
    return words.joined(separator: " ")
  }
}
