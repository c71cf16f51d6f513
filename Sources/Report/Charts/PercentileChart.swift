import Measurement
import Results

extension Chart {
  /// Latency by percentile, for publishing and end to end. The horizontal axis stretches rare values: each step is ten times rarer.
  static func latencyByPercentile(_ report: BenchReport) -> Chart? {
    let rows = report.chosenRows(limit: ChartStyle.seriesLimit).filter { report.rows[$0].result.metrics.latency.publish.count > 0 }
    guard !rows.isEmpty else { return nil }
    let names = RowNames(report)
    let kinds: [(title: String, latency: KeyPath<Latencies, LatencySummary>)] = [("Publish latency", \.publish), ("End-to-end latency", \.endToEnd)]
      .filter { kind in rows.contains { report.rows[$0].result.metrics.latency[keyPath: kind.1].count > 0 } }
    let points = kinds.map { kind in rows.map { report.rows[$0].result.metrics.latency[keyPath: kind.latency].percentilePoints } }
    let values = points.joined().joined().map { $0[1] }.filter { $0 > 0 }
    let rarest = points.joined().joined().map { $0[0] }.max() ?? 10
    let y = Axis.logarithmic("", from: values.min() ?? 1, to: values.max() ?? 1, text: timeText(milliseconds:))

    let title = "Latency by percentile", note = report.choiceNote(rows)
    let legend = Legend(rows.enumerated().map { (.line($0.offset, hasMark: false), names[$0.element]) })
    let left = 76, right = ChartStyle.width - 34, top = Drawing.titleHeight(hasSubtitle: !note.isEmpty) + 20, bottom = top + 280
    let legendHeight = rows.count == 1 ? 0 : legend.height(width: right - left)
    var drawing = Drawing(height: bottom + 54 + legendHeight)
    drawing.title(title, note)
    if rows.count > 1 { legend.draw(in: &drawing, left: left - 20, top: bottom + 50, width: right - left + 20) }
    let gap = 44, panelWidth = (right - left - gap * (kinds.count - 1)) / kinds.count
    for (index, kind) in kinds.enumerated() {
      let start = left + index * (panelWidth + gap)
      drawing.panel(
        Panel(
          frame: PanelFrame(left: start, top: top, right: start + panelWidth, bottom: bottom), title: kind.title, x: .percentiles(upTo: rarest, width: panelWidth),
          y: index == 0 ? y : y.unlabelled,
          curves: rows.indices.map { .line(names[rows[$0]], points[index][$0], index: $0) }))
    }
    let figures = rows.map { row in
      let latency = report.rows[row].result.metrics.latency.publish
      return "\(names[row]): p50 \(ChartMetric.publishP99.text(latency.p50)), p99 \(ChartMetric.publishP99.text(latency.p99))"
    }
    return Chart(
      name: "latency-by-percentile", title: title, description: "Publish latency: \(figures.listed).", drawing: drawing)
  }
}

extension Axis {
  /// From the median on each decade of the axis is one more nine. Labels that would touch the one before them, or reach into the next panel, are left out.
  fileprivate static func percentiles(upTo rarest: Double, width: Int) -> Axis {
    var axis = Axis(label: "percentile", from: 1, to: max(rarest, 10), ticks: [], isLogarithmic: true)
    var free = -Double.infinity
    for (position, label) in [(2, "50 %"), (10, "90 %"), (100, "99 %"), (1e3, "99.9 %"), (1e4, "99.99 %"), (1e5, "99.999 %")] where position <= rarest * 1.01 {
      let place = axis.part(of: position) * Double(width), half = Double(label.count) * ChartStyle.letterWidth / 2
      // Half of the gap beside the panel is its own.
      let isFree = place - half > free && place + half < Double(width) + 18
      axis.ticks.append(Tick(position: position, label: isFree ? label : ""))
      if isFree { free = place + half + 9 }
    }
    return axis
  }
}

extension LatencySummary {
  /// `[1 / (1 - p), milliseconds]`. The last sample, at 100 %, is placed at one in the number of samples.
  fileprivate var percentilePoints: [[Double]] {
    curve.map { point in
      let rest = 1 - point.percentile / 100
      let whole = Double(Swift.max(count, 1))
      return [Swift.max(1, rest > 0 ? Swift.min(1 / rest, whole) : whole), point.milliseconds]
    }
  }
}
