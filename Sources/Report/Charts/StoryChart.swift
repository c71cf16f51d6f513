import Measurement
import Results

extension Chart {
  /// A trial over time: each fault as a bar, and below each other who did something when, with the faults as stretches of the background.
  static func story(_ result: RunResult) -> Chart? {
    let bands = Array(result.bands.prefix(ChartStyle.rowLimit / 2))
    let told = result.story.filter { $0.weight > .detail && $0.time.seconds >= 0 && $0.weight != .fault }
    let tellers = StoryTellers(told, limit: ChartStyle.rowLimit - bands.count)
    guard !bands.isEmpty || !tellers.names.isEmpty else { return nil }
    let end = max((result.bands.flatMap { [$0.fromSeconds, $0.toSeconds ?? 0] } + told.map(\.time.seconds)).max() ?? 0, 0.001)
    var time = Axis.linear("time of the scenario", upTo: end, marks: 10) { timeText(milliseconds: $0 * 1_000) }
    time.to = end * 1.01
    time.ticks.removeAll { $0.position > time.to }
    let notes = [
      result.bands.count > bands.count ? "the first \(bands.count) of \(result.bands.count) faults" : nil,
      tellers.isWhole ? nil : "the \(tellers.names.count) who did the most",
    ].compactMap(\.self)
    let lines = RowLines(names: bands.map(\.fault) + tellers.names)
    var entries: [(Legend.Sample, String)] = bands.isEmpty ? [] : [(.swatch(ChartStyle.vermillion), "fault at work")]
    entries.append((.mark(7, ChartStyle.blue), "something happened"))
    if told.contains(where: { $0.weight == .finding }) { entries.append((.mark(11, ChartStyle.purple), "a guarantee broke")) }
    let legend = Legend(entries)
    let right = ChartStyle.width - 24, top = Drawing.titleHeight(hasSubtitle: !notes.isEmpty), bottom = top + lines.height
    var drawing = Drawing(height: bottom + 56 + legend.height(width: right - lines.left))
    drawing.title("The story over time", notes.joined(separator: ", "))
    legend.draw(in: &drawing, left: lines.left - 20, top: bottom + 50, width: right - lines.left)

    func marks(_ isFinding: Bool) -> [[Double]] {
      told.filter { ($0.weight == .finding) == isFinding }.compactMap { line in
        tellers.names.firstIndex(of: line.who).map { [line.time.seconds, Double(bands.count + $0)] }
      }
    }
    var panel = Panel(frame: PanelFrame(left: lines.left, top: top, right: right, bottom: bottom), x: time, y: lines.axis(isLabelled: true))
    let bars = bands.enumerated().map { line, band -> [Double] in
      let to = max(band.toSeconds ?? time.to, band.fromSeconds + end * 0.002)
      return RowLines.bar(line, from: band.fromSeconds, to: to)
    }
    panel.curves = [
      .boxes("fault at work", bars, colour: ChartStyle.vermillion), .marks("something happened", marks(false), colour: ChartStyle.blue, size: 0.8),
      .marks("a guarantee broke", marks(true), colour: ChartStyle.purple, mark: 11, size: 1.3),
    ].filter { !$0.points.isEmpty }
    panel.commands = bands.map(\.backdrop).joined()
    drawing.panel(panel)
    let words = bands.map { "\($0.fault) from \(figureText($0.fromSeconds)) s\($0.toSeconds.map { " to \(figureText($0)) s" } ?? " on")" }
    return Chart(
      name: "story-timeline", title: "The story over time", description: words.isEmpty ? "No fault was at work." : "Faults: \(words.listed).", drawing: drawing)
  }
}

extension FaultBand {
  /// gnuplot's command for a stretch of the background.
  var backdrop: String {
    "set object rectangle from first \(fromSeconds), graph 0 to \(toSeconds.map { "first \($0)" } ?? "graph 1"), graph 1 behind "
      + "fillcolor rgb '\(ChartStyle.vermillion)' fillstyle transparent solid 0.12 noborder\n"
  }
}

/// Whose lines a chart of a story has.
private struct StoryTellers {
  /// In the order in which they first say something.
  let names: [String]
  let isWhole: Bool

  /// - Parameter limit: where there are more, those with the most lines stay.
  init(_ story: [StoryLine], limit: Int) {
    var names: [String] = [], counts: [String: Int] = [:]
    for line in story {
      if counts[line.who] == nil { names.append(line.who) }
      counts[line.who, default: 0] += 1
    }
    isWhole = names.count <= limit
    let busiest = names.enumerated().sorted { (-counts[$0.element, default: 0], $0.offset) < (-counts[$1.element, default: 0], $1.offset) }.prefix(limit)
    self.names = busiest.sorted { $0.offset < $1.offset }.map(\.element)
  }
}
