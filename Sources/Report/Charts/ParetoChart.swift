import Measurement
import Results

extension Chart {
  /// Throughput against p99 for all rows. The Pareto front is connected, numbered, and listed below.
  static func pareto(_ report: BenchReport) -> Chart? {
    let rows = report.rows.indices.filter { (report.rows[$0].publishRate ?? 0) > 0 && (report.rows[$0].publishP99 ?? 0) > 0 }
    guard rows.count > 2 else { return nil }
    let rate = { (row: Int) in report.rows[row].publishRate ?? 0 }, p99 = { (row: Int) in report.rows[row].publishP99 ?? 0 }
    let front = report.pareto.filter(rows.contains).sorted { (rate($0), $0) < (rate($1), $1) }
    let names = RowNames(report)
    let title = "Throughput against latency", subtitle = "to the right and down is better; nothing beats those on the Pareto front in throughput, p99 and loss together"
    let point = { (row: Int) in [rate(row), p99(row)] }
    let loses = { (row: Int) in report.rows[row].delivery.lost > 0 }

    let left = 76, right = ChartStyle.width - 24, top = Drawing.titleHeight(hasSubtitle: true) + 20, bottom = top + 320
    let numbered = Array(front.enumerated())
    let entryRows = (numbered.count + 1) / 2
    var drawing = Drawing(height: bottom + 82 + entryRows * 18)
    drawing.title(title, subtitle)
    var legend: [(Legend.Sample, String)] = [(.mark(7, ChartStyle.vermillion), "Pareto front"), (.mark(7, ChartStyle.grey), "beaten by another setting")]
    if rows.contains(where: loses) { legend.append((.mark(6, ChartStyle.purple), "records lost")) }
    Legend(legend).draw(in: &drawing, left: left - 20, top: bottom + 50, width: right - left)
    for (index, row) in numbered {
      let x = left + index % 2 * (right - left) / 2, y = bottom + 84 + index / 2 * 18
      let limit = Int(Double((right - left) / 2 - 34) / ChartStyle.smallLetterWidth)
      drawing.label("\(index + 1)", x: x, y: y, size: ChartStyle.smallSize, bold: true, colour: ChartStyle.vermillion)
      drawing.label(names[row].shortened(to: limit), x: x + 24, y: y, size: ChartStyle.smallSize)
    }
    let rates = rows.map(rate), latencies = rows.map(p99)
    let (least, most) = (rates.min() ?? 0, rates.max() ?? 0), (quickest, slowest) = (latencies.min() ?? 0, latencies.max() ?? 0)
    let throughput = "throughput, records/s"
    var panel = Panel(
      frame: PanelFrame(left: left, top: top, right: right, bottom: bottom), title: "Publish latency, p99",
      x: least > most * 0.6 ? .near(throughput, from: least, to: most, text: countText) : .linear(throughput, upTo: most, text: countText),
      y: quickest > slowest * 0.5
        ? .near("", from: quickest, to: slowest, text: timeText(milliseconds:)) : .logarithmic("", from: quickest, to: slowest, text: timeText(milliseconds:)))
    panel.curves = [
      Curve(title: "Pareto front", points: front.map(point), style: "with lines linecolor rgb '\(ChartStyle.vermillion)' linewidth 1.5"),
      .marks("beaten", rows.filter { !front.contains($0) }.map(point), colour: ChartStyle.grey, size: 0.8),
      .marks("loses records", rows.filter(loses).map(point), colour: ChartStyle.purple, mark: 6, size: 1.7),
      .marks("Pareto front", front.map(point), colour: ChartStyle.vermillion, size: 1),
    ]
    panel.commands = numberLabels(front.map(point), in: panel)
    drawing.panel(panel)
    let named = numbered.map { "\(names[$0.element]) with \(countText(rate($0.element))) records/s and a p99 of \(timeText(milliseconds: p99($0.element)))" }
    return Chart(
      name: "pareto", title: title, description: "\(front.count) of \(rows.count) settings are on the Pareto front: \(named.listed).",
      drawing: drawing)
  }

  /// Numbers beside the points of the front: each at the first of eight positions around its point that is free.
  private static func numberLabels(_ points: [[Double]], in panel: Panel) -> String {
    let places = [(13, 9), (-13, -9), (0, 15), (13, -9), (-13, 9), (0, -13), (0, -26), (22, -20)]
    let pixels = points.map { panel.pixel(of: $0) }
    var taken: [(x: Int, y: Int)] = []
    var commands = ""
    for (index, pixel) in pixels.enumerated() {
      let isFree = { (place: (Int, Int)) in
        let x = pixel.x + place.0, y = pixel.y + place.1
        let isInside = x < panel.frame.right - 8 && x > panel.frame.left + 8 && y > panel.frame.top + 6 && y < panel.frame.bottom - 8
        return isInside && taken.allSatisfy { abs($0.x - x) > 14 || abs($0.y - y) > 12 }
          && pixels.allSatisfy { abs($0.x - x) > 9 || abs($0.y - y) > 9 }
      }
      let place = places.first(where: isFree) ?? places[0]
      taken.append((pixel.x + place.0, pixel.y + place.1))
      let last = taken[taken.count - 1]
      let x = Double(last.x - panel.frame.left) / Double(panel.frame.right - panel.frame.left)
      let y = 1 - Double(last.y - panel.frame.top) / Double(panel.frame.bottom - panel.frame.top)
      commands += "set label '\(index + 1)' at graph \(x), graph \(y) center front font '\(ChartStyle.font):Bold,\(ChartStyle.smallSize)' "
      commands += "textcolor rgb '\(ChartStyle.vermillion)'\n"
    }
    return commands
  }
}

extension Panel {
  /// The position of a point in pixels.
  fileprivate func pixel(of point: [Double]) -> (x: Int, y: Int) {
    let right = x.part(of: point[0]), up = y.part(of: point[1])
    return (frame.left + Int(right * Double(frame.right - frame.left)), frame.bottom - Int(up * Double(frame.bottom - frame.top)))
  }
}
