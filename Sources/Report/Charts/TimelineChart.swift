import Measurement
import Results

extension Chart {
  /// Throughput and latency over time for several overlaid rows, with the warm-up and every fault as a band in the background.
  static func timelines(_ report: BenchReport) -> Chart? {
    let rows = report.chosenRows(limit: 4).filter { !report.rows[$0].result.metrics.series.publishRate.isEmpty }
    guard rows.count > 1 else { return nil }
    let names = RowNames(report)
    let metrics = rows.map { report.rows[$0].result.metrics }
    let rate = TimelinePanel(
      title: "Throughput, records/s", format: countText, isLatency: false,
      curves: metrics.enumerated().map { TimelineCurve(names[rows[$0.offset]], $0.element.series, $0.element.series.publishRate, $0.offset, endsWith: $0.element.window) })
    let latency = TimelinePanel(
      title: "Publish latency, p99", format: timeText(milliseconds:), isLatency: true,
      curves: metrics.enumerated().map { TimelineCurve(names[rows[$0.offset]], $0.element.series, $0.element.series.publishP99, $0.offset) })
    return timeline(
      name: "timeline", title: "Throughput and latency over time", note: report.choiceNote(rows), panels: [rate, latency],
      spans: TimelineSpans(metrics), legend: rows.enumerated().map { (.line($0.offset, hasMark: false), names[$0.element]) })
  }

  /// One row over time, in full: records acknowledged, delivered and failed; the latencies; the backlog.
  static func timeline(_ report: BenchReport, row: Int) -> Chart? {
    let metrics = report.rows[row].result.metrics, series = metrics.series
    guard !series.publishRate.isEmpty else { return nil }
    var panels: [TimelinePanel] = [
      TimelinePanel(
        title: "Records/s", format: countText, isLatency: false,
        curves: [
          TimelineCurve("acknowledged", series, series.publishRate, 0, endsWith: metrics.window), TimelineCurve("failed", series, series.errorRate, 1),
          TimelineCurve("consumed", series, series.consumeRate, 2, endsWith: metrics.window),
        ].filter(\.isVisible)),
      TimelinePanel(
        title: "Latency", format: timeText(milliseconds:), isLatency: true,
        curves: [
          TimelineCurve("publish p50", series, series.publishP50, 5), TimelineCurve("publish p99", series, series.publishP99, 0),
          TimelineCurve("publish maximum", series, series.publishMax, 6), TimelineCurve("end-to-end p99", series, series.endToEndP99, 2),
        ].filter(\.isVisible)),
    ]
    if series.backlog.contains(where: { $0 > 0 }) {
      panels.append(
        TimelinePanel(
          title: "Backlog, records", format: countText, isLatency: false, curves: [TimelineCurve("backlog", series, series.backlog.map(Double.init), 4)], height: 90))
    }
    let isAlone = report.rows.count == 1
    return timeline(
      name: isAlone ? "timeline" : "timeline-\(row + 1)", title: "Throughput and latency over time", note: isAlone ? "" : RowNames(report)[row],
      panels: panels.filter { !$0.curves.isEmpty }, spans: TimelineSpans([metrics]), legend: [])
  }

  private static func timeline(
    name: String, title: String, note: String, panels: [TimelinePanel], spans: TimelineSpans, legend: [(Legend.Sample, String)]
  ) -> Chart? {
    guard !panels.isEmpty else { return nil }
    let left = 76, right = ChartStyle.width - 24
    let end = panels.flatMap(\.curves).map { Double($0.values.count) * $0.windowSeconds }.max() ?? 1
    let time = Axis.time(to: end)
    let bands = Legend(legend + spans.legend)
    let labels = spans.labels(left: left, right: right, time: time)
    var top = Drawing.titleHeight(hasSubtitle: !note.isEmpty) + 24 + labels.height
    let panelsTop = top
    for panel in panels { top += panel.height + 40 }
    var drawing = Drawing(height: top + 24 + bands.height(width: right - left))
    drawing.title(title, note)
    bands.draw(in: &drawing, left: left - 20, top: top + 20, width: right - left)
    labels.draw(in: &drawing, bottom: panelsTop)
    top = panelsTop
    // If the colours differ between panels, each panel's heading explains them.
    if legend.isEmpty {
      for (index, panel) in panels.enumerated() {
        panel.drawHeading(in: &drawing, left: left + 130, y: top - 11 - (index == 0 ? labels.height : 0))
        top += panel.height + 40
      }
    }
    top = panelsTop
    for (index, panel) in panels.enumerated() {
      let isLast = index == panels.count - 1
      var x = isLast ? time : time.unlabelled
      x.hasGrid = false
      var plot = Panel(
        frame: PanelFrame(left: left, top: top, right: right, bottom: top + panel.height), title: panel.title, x: x, y: panel.axis,
        curves: panel.curves.map { .line($0.name, $0.points, index: $0.index, width: 1.6) }
          + panel.curves.filter { !$0.lonePoints.isEmpty }.map { .marks($0.name, $0.lonePoints, colour: ChartStyle.series[$0.index], size: 0.5) })
      plot.commands = spans.bands
      if index == 0 { plot.titleGap += labels.height }
      drawing.panel(plot)
      top += panel.height + 40
    }
    return Chart(name: name, title: title, description: "\(title)\(note.isEmpty ? "" : ", \(note)"). \(spans.words)", drawing: drawing)
  }
}

/// One quantity of one row, window by window. A window without a measurement is a gap.
private struct TimelineCurve {
  let name: String
  let windowSeconds: Double
  let values: [Double?]
  let index: Int

  /// - Parameter load: of a rate, what was measured. Behind its end comes what was still under way: that is no throughput, and left out unless it is as much as before.
  init(_ name: String, _ series: TimeSeries, _ values: [Double?], _ index: Int, endsWith load: MeasuredWindow? = nil) {
    self.name = name
    windowSeconds = series.windowSeconds
    self.index = index
    self.values = load.map { Self.cut(values, of: series.windowSeconds, behind: $0.toSeconds) } ?? values
  }

  private static func cut(_ values: [Double?], of length: Double, behind end: Double) -> [Double?] {
    let whole = values.indices.filter { Double($0 + 1) * length <= end * 1.000_001 }
    let mean = whole.reduce(0) { $0 + (values[$1] ?? 0) } / Double(max(whole.count, 1))
    guard let last = whole.last, values[(last + 1)...].allSatisfy({ ($0 ?? 0) < mean / 2 }) else { return values }
    return values.enumerated().map { $0.offset > last ? nil : $0.element }
  }

  var isVisible: Bool { values.contains { ($0 ?? 0) > 0 } }

  /// `[seconds, value]` at the middle of each window.
  var points: [[Double]] { values.enumerated().map { index, value in [(Double(index) + 0.5) * windowSeconds, value ?? .nan] } }

  /// Points between two gaps: a line through one of them has no length.
  var lonePoints: [[Double]] {
    func isGap(_ index: Int) -> Bool { !values.indices.contains(index) || values[index] == nil }
    return values.indices.filter { !isGap($0) && isGap($0 - 1) && isGap($0 + 1) }.map { points[$0] }
  }
}

/// A panel of a timeline: curves of one quantity.
private struct TimelinePanel {
  let title: String
  let format: (Double) -> String
  let isLatency: Bool
  let curves: [TimelineCurve]
  var height = 150

  func drawHeading(in drawing: inout Drawing, left: Int, y: Int) {
    var x = left
    for curve in curves {
      drawing.sample(ofLine: curve.index, x: x, y: y, hasMark: false)
      drawing.label(curve.name, x: x + 32, y: y, size: ChartStyle.smallSize)
      x += 56 + Int(Double(curve.name.count) * ChartStyle.smallLetterWidth)
    }
  }

  /// Logarithmic if the latencies spread over more than a factor of thirty, because a linear axis would hide most of them.
  var axis: Axis {
    let positive = curves.flatMap { $0.values.compactMap(\.self) }.filter { $0 > 0 }
    let least = positive.min() ?? 1, largest = positive.max() ?? 1
    return isLatency && largest > least * 30
      ? .logarithmic("", from: least, to: largest, text: format) : Axis.linear("", upTo: largest, marks: height / 26, text: format)
  }
}

extension Axis {
  /// The axis of the scenario's clock.
  fileprivate static func time(to end: Double) -> Axis {
    var axis = linear("time", upTo: end, marks: 10) { timeText(milliseconds: $0 * 1_000) }
    axis.to = end
    axis.ticks.removeAll { $0.position > end }
    return axis
  }
}

/// The bands in the background.
private struct TimelineSpans {
  private struct Span {
    let name: String
    let from: Double
    let to: Double?
  }

  private let warmUp: Double
  /// When nothing more was sent; nil where the series end with that.
  private let loadEnd: Double?
  private let faults: [Span]
  /// In the order in which they come.
  private let kinds: [String]

  private static let colours = [ChartStyle.vermillion, ChartStyle.purple, ChartStyle.blue, ChartStyle.olive, ChartStyle.green]

  init(_ metrics: [Metrics]) {
    warmUp = metrics.map(\.window.fromSeconds).min() ?? 0
    let end = metrics.map(\.window.toSeconds).max() ?? 0, seriesEnd = metrics.map { Double($0.series.publishRate.count) * $0.series.windowSeconds }.max() ?? 0
    loadEnd = seriesEnd > end * 1.000_001 ? end : nil
    var faults: [Span] = []
    for disturbance in metrics.flatMap(\.disturbances)
    where !faults.contains(where: { $0.name == disturbance.fault && $0.from == disturbance.fromSeconds && $0.to == disturbance.toSeconds }) {
      faults.append(Span(name: disturbance.fault, from: disturbance.fromSeconds, to: disturbance.toSeconds))
    }
    self.faults = faults
    kinds = faults.map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  var legend: [(Legend.Sample, String)] {
    let unmeasured = warmUp > 0 && loadEnd != nil ? "warm-up, and after the load: not measured" : warmUp > 0 ? "warm-up, not measured" : "after the load, not measured"
    let isGrey = warmUp > 0 || loadEnd != nil
    return (isGrey ? [(.band(ChartStyle.grey), unmeasured)] : []) + kinds.prefix(Self.colours.count * 2).map { (.band(colour(of: $0)), $0 + lasting($0)) }
  }

  /// Of what never ends, that it does not.
  private func lasting(_ name: String) -> String { faults.contains { $0.name == name && $0.to != nil } ? "" : ", to the end" }

  private func colour(of name: String) -> String { Self.colours[(kinds.firstIndex(of: name) ?? 0) % Self.colours.count] }

  var bands: String {
    var commands = warmUp > 0 ? band(0, warmUp, ChartStyle.grey) : ""
    if let loadEnd { commands += band(loadEnd, nil, ChartStyle.grey) }
    for fault in faults { commands += band(fault.from, fault.to, colour(of: fault.name)) }
    return commands
  }

  private func band(_ from: Double, _ to: Double?, _ colour: String) -> String {
    let right = to.map { "first \($0)" } ?? "graph 1"
    return "set object rectangle from first \(from), graph 0 to \(right), graph 1 behind fillcolor rgb '\(colour)' fillstyle transparent solid 0.18 noborder\n"
      + "set arrow from first \(from), graph 0 to first \(from), graph 1 nohead back linecolor rgb '\(colour)' linewidth 1\n"
  }

  /// The names of the faults above the first panel.
  func labels(left: Int, right: Int, time: Axis) -> FaultLabels {
    FaultLabels(faults.map { ($0.name, colour(of: $0.name), left + Int(min(max(time.part(of: $0.from), 0), 1) * Double(right - left))) }, left: left, right: right)
  }

  var words: String {
    var words = warmUp > 0 ? ["The first \(figureText(warmUp)) s are warm-up."] : []
    if let loadEnd { words.append("The load ends at \(figureText(loadEnd)) s.") }
    words += faults.map { "\($0.name) from \(figureText($0.from)) s\($0.to.map { " to \(figureText($0)) s" } ?? " on")." }
    return words.joined(separator: " ")
  }
}

/// Names above a panel, each beside the line of its instant, on the lowest line where it does not collide with another.
private struct FaultLabels {
  private struct Label {
    let text: String
    let colour: String
    let at: Int
    let start: Int
    let line: Int
  }

  private let labels: [Label]
  private static let lineHeight = 15

  init(_ faults: [(name: String, colour: String, at: Int)], left: Int, right: Int) {
    var taken: [[Range<Int>]] = []
    var labels: [Label] = []
    // From last to first: a name is above those whose lines would cross it.
    for fault in faults.sorted(by: { $0.at > $1.at }) {
      let text = fault.name.shortened(to: 48), width = Int(Double(text.count) * ChartStyle.smallLetterWidth)
      let start = fault.at + 4 + width <= right ? fault.at + 4 : max(left, fault.at - 4 - width)
      let room = start - 3..<start + width + 3
      let line = taken.firstIndex { !$0.contains { $0.overlaps(room) } } ?? taken.count
      if line == taken.count { taken.append([]) }
      taken[line].append(room)
      for lower in 0...line { taken[lower].append(fault.at..<fault.at + 1) }
      labels.append(Label(text: text, colour: fault.colour, at: fault.at, start: start, line: line))
    }
    self.labels = labels
  }

  var height: Int { labels.isEmpty ? 0 : ((labels.map(\.line).max() ?? 0) + 1) * Self.lineHeight + 4 }

  func draw(in drawing: inout Drawing, bottom: Int) {
    for label in labels {
      let y = bottom - label.line * Self.lineHeight
      drawing.label(label.text, x: label.start, y: y - 8, size: ChartStyle.smallSize)
      drawing.line(label.colour, x: label.at, from: y - 12, to: bottom)
    }
  }
}
