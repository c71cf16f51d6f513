import Measurement
import Primitives
import Results

extension Chart {
  /// A trial over time: each entry of the schedule with bars for when its faults were at work, and below each other who did something when. The faults are stretches of the
  /// background.
  static func story(_ result: RunResult) -> Chart? {
    let faults = result.bands.map(\.fault).withoutRepetitions
    let names = Array(faults.prefix(ChartStyle.rowLimit / 2)), bands = result.bands.filter { names.contains($0.fault) }
    let told = result.story.filter { $0.weight > .detail && $0.time.seconds >= 0 && $0.weight != .fault }
    let tellers = StoryTellers(told, limit: ChartStyle.rowLimit - names.count)
    guard !bands.isEmpty || !tellers.names.isEmpty else { return nil }
    let time = TrialChart.axis(until: result.endSeconds)
    let notes = [
      faults.count > names.count ? "the first \(names.count) of \(faults.count) faults" : nil,
      tellers.isWhole ? nil : "the \(tellers.names.count) with the most lines",
    ].compactMap(\.self)
    let lines = RowLines(names: names + tellers.names)
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
        tellers.names.firstIndex(of: line.who).map { [line.time.seconds, Double(names.count + $0)] }
      }
    }
    var panel = Panel(frame: PanelFrame(left: lines.left, top: top, right: right, bottom: bottom), x: time, y: lines.axis(isLabelled: true))
    let bars = bands.map { band -> [Double] in
      let to = max(band.toSeconds ?? time.to, band.fromSeconds + time.to * 0.002)
      return RowLines.bar(names.firstIndex(of: band.fault) ?? 0, from: band.fromSeconds, to: to)
    }
    panel.curves = [
      .boxes("fault at work", bars, colour: ChartStyle.vermillion), .marks("something happened", marks(false), colour: ChartStyle.blue, size: 0.8),
      .marks("a guarantee broke", marks(true), colour: ChartStyle.purple, mark: 11, size: 1.3),
    ].filter { !$0.points.isEmpty }
    panel.commands = bands.backdrops
    drawing.panel(panel)
    let words = bands.map { "\($0.fault) from \(figureText($0.fromSeconds)) s\($0.toSeconds.map { " to \(figureText($0)) s" } ?? " on")" }
    return Chart(
      name: "story-timeline", title: "The story over time", description: words.isEmpty ? "No fault was at work." : "Faults: \(words.listed).", drawing: drawing)
  }
}

/// Whose lines a chart of a story has.
private struct StoryTellers {
  /// In the order of their first lines.
  let names: [String]
  let isWhole: Bool

  /// - Parameter limit: if there are more, those with the most lines are kept.
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
