import Compare
import Measurement
import Results

extension Chart {
  /// All charts of a comparison, in the order in which one reads them.
  static func comparison(_ comparison: Comparison) -> [Chart] { [.moved(comparison), .sides(comparison)].compactMap(\.self) }

  /// What moved, in percent of the baseline, the worst first: to the right is worse.
  static func moved(_ comparison: Comparison) -> Chart? {
    let all = comparison.movedFigures.filter { $0.worsening != nil && $0.isTold }, figures = Array(all.prefix(ChartStyle.rowLimit * 3 / 4))
    guard !figures.isEmpty else { return nil }
    // What came from nothing, or by many times as much, must not hide the others.
    let limit = max(figures.compactMap(\.worsening).map(\.magnitude).filter { $0 <= 2 }.max() ?? 2, 0.01)
    let lines = RowLines(names: figures.map { "\($0.row): \($0.metric)" })
    let worst = figures.contains { ($0.worsening ?? 0) > 0 }, best = figures.contains { ($0.worsening ?? 0) < 0 }
    let title = "What moved, worst first"
    let direction = worst && best ? "to the right is worse, to the left better" : worst ? "each bar is a figure that got worse" : "each bar is a figure that got better"
    let note = "\(direction)\(all.count > figures.count ? "; \(figures.count) of \(all.count) figures" : "")"
    let colours: [(MovedFigure.Meaning, String, String)] = [
      (.broken, ChartStyle.vermillion, "broke a gate"), (.worse, ChartStyle.orange, "worse"), (.different, ChartStyle.grey, "neither"), (.better, ChartStyle.green, "better"),
    ]
    let legend = Legend(colours.filter { colour in figures.contains { $0.meaning == colour.0 } }.map { (.swatch($0.1), $0.2) })
    let words = figures.map { "\($0.difference), \($0.text)" }
    let room = 24 + Int(Double(words.map(\.count).max() ?? 0) * ChartStyle.letterWidth)
    let right = ChartStyle.width - room, top = Drawing.titleHeight(hasSubtitle: true) + 4, bottom = top + lines.height
    var drawing = Drawing(height: bottom + 54 + legend.height(width: ChartStyle.width - lines.left))
    drawing.title(title, note)
    legend.draw(in: &drawing, left: lines.left - 20, top: bottom + 48, width: ChartStyle.width - lines.left)
    for (line, word) in words.enumerated() {
      drawing.label(word, x: right + 10, y: top + Int((Double(line) + 0.5) * Double(bottom - top) / Double(words.count)), size: ChartStyle.smallSize)
    }
    let axis = Axis.linear("change against the baseline", upTo: limit, marks: max(2, (right - lines.left) / (worst && best ? 110 : 56)), text: percentText)
    var x = axis
    let mirrored = axis.ticks.filter { $0.position > 0 }.map { Axis.Tick(position: -$0.position, label: $0.label) }
    x.from = best ? -axis.to : 0
    x.to = worst ? axis.to : 0
    x.ticks = (best ? mirrored : []) + (worst ? axis.ticks : axis.ticks.filter { $0.position == 0 })
    var panel = Panel(frame: PanelFrame(left: lines.left, top: top, right: right, bottom: bottom), x: x, y: lines.axis(isLabelled: true))
    panel.curves = colours.compactMap { meaning, colour, name in
      let bars = figures.enumerated().filter { $0.element.meaning == meaning }.map { line, figure -> [Double] in
        // However short, it must be seen.
        let worsening = figure.worsening ?? 0, least = axis.to * 0.006
        let length = min(max(worsening < 0 ? min(worsening, -least) : max(worsening, least), x.from), x.to)
        return RowLines.bar(line, from: min(0, length), to: max(0, length))
      }
      return bars.isEmpty ? nil : .boxes(name, bars, colour: colour)
    }
    panel.commands = "set arrow from first 0, graph 0 to first 0, graph 1 nohead back linecolor rgb '\(ChartStyle.axis)' linewidth 1\n"
    drawing.panel(panel)
    let told = figures.map { "\($0.row): \($0.metric) \($0.difference)" }
    return Chart(name: "compare-moved", title: title, description: "Worst first: \(told.listed).", drawing: drawing)
  }

  /// The figures that one looks at first, row by row on both sides, with their range over the seeds and the bounds of gates.
  static func sides(_ comparison: Comparison) -> Chart? {
    let metrics = ["throughput", "publish.p99", "endToEnd.p99"]
    let all = comparison.sides(of: metrics), rows = Array(all.prefix(ChartStyle.rowLimit))
    let shown = metrics.indices.filter { metric in rows.contains { $0.pairs[metric] != nil } }
    guard !rows.isEmpty, !shown.isEmpty else { return nil }
    let titles = ["Throughput, records/s", "Publish latency, p99", "End-to-end latency, p99"]
    let lines = RowLines(names: rows.map(\.name))
    let note = "rows with what got worse by most come first\(all.count > rows.count ? "; \(rows.count) of \(all.count) rows" : "")"
    let pairs = rows.flatMap { $0.pairs.compactMap(\.self) }
    var entries: [(Legend.Sample, String)] = [(.mark(6, ChartStyle.quietInk), "baseline"), (.mark(7, ChartStyle.quietInk), "candidate, no worse")]
    if pairs.contains(where: { $0.isWorse && !$0.isBroken }) { entries.append((.mark(7, ChartStyle.orange), "candidate, worse")) }
    if pairs.contains(where: \.isBroken) { entries.append((.mark(7, ChartStyle.vermillion), "candidate, breaks a gate")) }
    if pairs.contains(where: { $0.limit != nil }) { entries.append((.mark(2, ChartStyle.purple), "bound of a gate")) }
    if pairs.contains(where: { $0.baselineRange != nil || $0.candidateRange != nil }) { entries.append((.whisker, "range over the seeds")) }
    let legend = Legend(entries)
    let gap = 58, right = ChartStyle.width - 30, top = Drawing.titleHeight(hasSubtitle: true) + 20, bottom = top + lines.height
    let panelWidth = (right - lines.left - gap * (shown.count - 1)) / shown.count
    var drawing = Drawing(height: bottom + 36 + legend.height(width: ChartStyle.width - 28))
    drawing.title("Baseline against candidate", note)
    legend.draw(in: &drawing, left: 6, top: bottom + 32, width: ChartStyle.width - 28)
    for (place, metric) in shown.enumerated() {
      let start = lines.left + place * (panelWidth + gap)
      let points = rows.enumerated().compactMap { line, row in row.pairs[metric].map { (line: Double(line), pair: $0) } }
      let values = points.flatMap { $0.pair.values }.filter { $0 > 0 && $0.isFinite }
      let least = values.min() ?? 1, largest = values.max() ?? 1, isLatency = metric > 0
      let text: (Double) -> String = { isLatency ? timeText(milliseconds: $0) : countText($0) }
      let x = isLatency && largest > least * 30
        ? Axis.logarithmic("", from: least, to: largest, marks: panelWidth / 56, text: text)
        : least > largest * 0.6
          ? .near("", from: least, to: largest, marks: max(2, panelWidth / 62), text: text) : .linear("", upTo: largest, marks: max(2, panelWidth / 62), text: text)
      var panel = Panel(
        frame: PanelFrame(left: start, top: top, right: start + panelWidth, bottom: bottom), title: titles[metric], x: x, y: lines.axis(isLabelled: place == 0))
      let candidates = { (isShown: (ComparedPair) -> Bool) in points.filter { isShown($0.pair) }.map { [$0.pair.candidate, $0.line] } }
      panel.curves = [
        Curve(
          title: "from the baseline to the candidate", points: points.map { [$0.pair.baseline, $0.line, $0.pair.candidate - $0.pair.baseline, 0] },
          style: "with vectors nohead linecolor rgb '\(ChartStyle.axis)' linewidth 2"),
        .ranges("range over the seeds", points.compactMap { point in point.pair.baselineRange.map { [$0.mean, point.line - 0.2, $0.least, $0.greatest] } }),
        .ranges("range over the seeds", points.compactMap { point in point.pair.candidateRange.map { [$0.mean, point.line + 0.2, $0.least, $0.greatest] } }),
        .marks("bound of a gate", points.compactMap { point in point.pair.limit.map { [$0, point.line] } }, colour: ChartStyle.purple, mark: 2, size: 1.1),
        .marks("baseline", points.map { [$0.pair.baseline, $0.line] }, colour: ChartStyle.quietInk, mark: 6, size: 1.2),
        .marks("candidate, no worse", candidates { !$0.isWorse && !$0.isBroken }, colour: ChartStyle.quietInk, size: 0.8),
        .marks("candidate, worse", candidates { $0.isWorse && !$0.isBroken }, colour: ChartStyle.orange, size: 0.9),
        .marks("candidate, breaks a gate", candidates(\.isBroken), colour: ChartStyle.vermillion, size: 0.9),
      ].filter { !$0.points.isEmpty }
      drawing.panel(panel)
    }
    let told = rows.compactMap { row in row.pairs[metrics.count - 2].map { "\(row.name) p99 \(timeText(milliseconds: $0.baseline)) to \(timeText(milliseconds: $0.candidate))" } }
    return Chart(
      name: "compare-sides", title: "Baseline against candidate", description: told.isEmpty ? "No latency was measured on both sides." : "\(told.listed).", drawing: drawing)
  }
}

extension Curve {
  fileprivate static func ranges(_ title: String, _ points: [[Double]]) -> Curve {
    Curve(title: title, points: points, style: "with xerrorbars pointtype 0 linecolor rgb '\(ChartStyle.ink)' linewidth 1.2")
  }
}

/// One figure of a row on both sides.
private struct ComparedPair {
  let baseline: Double
  let candidate: Double
  let baselineRange: SeedSpread?
  let candidateRange: SeedSpread?
  /// Of the gate that asks for the most.
  let limit: Double?
  let isWorse: Bool
  let isBroken: Bool
  /// As a part of the baseline; 0 where it is no worse.
  let worsening: Double

  init?(_ row: ComparedRow, _ path: String, _ old: MetricSheet, _ new: MetricSheet) {
    guard let before = old[path], let after = new[path], let baseline = before.value.number, let candidate = after.value.number, baseline.isFinite, candidate.isFinite
    else { return nil }
    (self.baseline, self.candidate, baselineRange, candidateRange) = (baseline, candidate, before.spread, after.spread)
    let checks = row.checks.filter { $0.metric == path }, limits = checks.compactMap(\.limit).filter(\.isFinite)
    // A bound that is the baseline itself stands there already.
    limit = (after.better == .higher ? limits.max() : limits.min()).flatMap { $0 == baseline ? nil : $0 }
    isBroken = checks.contains { $0.outcome == .broken }
    let more = (after.better == .higher ? baseline - candidate : candidate - baseline) / max(baseline.magnitude, 1e-9)
    isWorse = more >= BenchReport.tie
    worsening = max(more, 0)
  }

  var values: [Double] {
    [baseline, candidate] + (limit.map { [$0] } ?? []) + [baselineRange, candidateRange].compactMap(\.self).flatMap { [$0.least, $0.greatest] }
  }
}

extension Comparison {
  /// The rows that both sides have, those first of which a figure broke a gate or got worse by most.
  fileprivate func sides(of metrics: [String]) -> [(name: String, pairs: [ComparedPair?])] {
    let sides = files.flatMap { file in
      file.rows.compactMap { row -> (name: String, pairs: [ComparedPair?])? in
        guard let baseline = row.baseline, let candidate = row.candidate else { return nil }
        let old = MetricSheet(of: baseline), new = MetricSheet(of: candidate)
        let pairs = metrics.map { ComparedPair(row, $0, old, new) }
        return pairs.contains { $0 != nil } ? (pageName(of: row, in: file), pairs) : nil
      }
    }
    let weight = { (pairs: [ComparedPair?]) in pairs.compactMap(\.self).map { $0.worsening + ($0.isBroken ? 1_000_000 : 0) }.max() ?? 0 }
    return sides.enumerated().sorted { (-weight($0.element.pairs), $0.offset) < (-weight($1.element.pairs), $1.offset) }.map(\.element)
  }
}
