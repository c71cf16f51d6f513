import Measurement
import Results

extension Chart {
  /// Throughput and latency of every row, side by side.
  static func overview(_ report: BenchReport) -> Chart? {
    let rows = report.chosenRows(limit: ChartStyle.rowLimit)
    guard rows.count > 1 else { return nil }
    let names = RowNames(report), note = report.choiceNote(rows)
    let title = "Throughput and publish latency" + (report.seedsText.map { ", means over seeds \($0)" } ?? "")
    let lines = RowLines(names: rows.map { names[$0] })
    let isOverSeeds = report.seedsText != nil
    let marks = Legend([(.mark(7, ChartStyle.sky), "p50"), (.mark(7, ChartStyle.blue), "p99"), (.mark(6, ChartStyle.grey), "p99.9")])
    let whiskers = Legend(isOverSeeds ? [(.whisker, "throughput and p99 over the seeds, least to greatest")] : [])
    let right = ChartStyle.width - 30, top = Drawing.titleHeight(hasSubtitle: !note.isEmpty) + 20, bottom = top + lines.height
    let gap = 74, panelWidth = (right - lines.left - gap) / 2
    var drawing = Drawing(height: bottom + 56 + marks.height(width: 252))
    drawing.title(title, note)
    marks.draw(in: &drawing, left: right - 244, top: bottom + 52, width: 252)
    if isOverSeeds { whiskers.draw(in: &drawing, left: 6, top: bottom + 52, width: 400) }

    let rates = rows.enumerated().compactMap { line, row in report.rows[row].publishRate.map { (line: line, rate: $0) } }
    var throughput = Panel(
      frame: PanelFrame(left: lines.left, top: top, right: lines.left + panelWidth, bottom: bottom), title: "Throughput",
      x: .linear("records/s", upTo: rates.map(\.rate).max() ?? 0, marks: panelWidth / 50, text: countText), y: lines.axis(isLabelled: true))
    throughput.curves = [
      .boxes("throughput", rates.map { line, rate in RowLines.bar(line, from: 0, to: rate) }, colour: ChartStyle.blue)
    ]
    throughput.commands = rates.map { line, rate in
      let end = max(rate, report.rows[rows[line]].spread(\.publish)?.greatest ?? 0)
      return "set label \(quoted(countText(rate))) at \(end), \(line) left offset character 0.5, 0 font '\(ChartStyle.font),\(ChartStyle.smallSize)' "
        + "textcolor rgb '\(ChartStyle.ink)' front\n"
    }.joined()
    // The figure stands behind the whisker.
    let spreads = { (figure: (BenchRow) -> SeedSpread?) in rows.enumerated().compactMap { line, row in figure(report.rows[row]).map { ($0, line) } } }
    if isOverSeeds { throughput.curves.append(.whiskers(spreads { $0.spread(\.publish) })) }
    drawing.panel(throughput)

    let whole = rows.enumerated().compactMap { line, row -> (line: Double, p50: Double, p99: Double, p999: Double)? in
      let row = report.rows[row]
      guard let p50 = row.spread(\.publish, \.p50)?.mean, let p99 = row.publishP99, let p999 = row.spread(\.publish, \.p999)?.mean else { return nil }
      return (Double(line), p50, p99, p999)
    }
    let positive = whole.flatMap { [$0.p50, $0.p99, $0.p999] }.filter { $0 > 0 }
    var latency = Panel(
      frame: PanelFrame(left: lines.left + panelWidth + gap, top: top, right: right, bottom: bottom), title: "Publish latency",
      x: .logarithmic("from the intended time", from: positive.min() ?? 1, to: positive.max() ?? 1, marks: panelWidth / 56, text: timeText(milliseconds:)), y: lines.axis(isLabelled: false))
    latency.curves = [
      Curve(
        title: "p50 to p99.9", points: whole.map { [$0.p50, $0.line, $0.p999 - $0.p50, 0] },
        style: "with vectors nohead linecolor rgb '\(ChartStyle.axis)' linewidth 1.5"),
      .marks("p99.9", whole.map { [$0.p999, $0.line] }, colour: ChartStyle.grey, mark: 6, size: 1.3),
      .marks("p99", whole.map { [$0.p99, $0.line] }, colour: ChartStyle.blue),
      .marks("p50", whole.map { [$0.p50, $0.line] }, colour: ChartStyle.sky),
    ]
    if isOverSeeds { latency.curves.append(.whiskers(spreads { $0.spread(\.publish, \.p99) })) }
    drawing.panel(latency)
    let figures = rows.map { row in "\(names[row]) \(ChartMetric.throughput.text(report.rows[row].publishRate)) records/s, p99 \(ChartMetric.publishP99.text(report.rows[row].publishP99))" }
    return Chart(name: "overview", title: title, description: "\(figures.listed).", drawing: drawing)
  }
}

extension Curve {
  /// Lines from the least to the greatest value over several seeds.
  fileprivate static func whiskers(_ spreads: [(spread: SeedSpread, line: Int)]) -> Curve {
    Curve(
      title: "range over the seeds", points: spreads.map { [$0.spread.mean, Double($0.line), $0.spread.least, $0.spread.greatest] },
      style: "with xerrorbars pointtype 0 linecolor rgb '\(ChartStyle.ink)' linewidth 1.2")
  }

  static func marks(_ title: String, _ points: [[Double]], colour: String, mark: Int = 7, size: Double = 1) -> Curve {
    Curve(title: title, points: points, style: "with points pointtype \(mark) pointsize \(size) linecolor rgb '\(colour)'")
  }
}
