import Measurement
import Results

extension Chart {
  /// Where the time goes: one bar for each row, with a part for each term, for the mean and for the records around the 99th percentile.
  static func attribution(_ report: BenchReport, of kind: AttributionKind) -> Chart? {
    let rows = report.chosenRows(limit: ChartStyle.rowLimit).filter { report.rows[$0].result.metrics.attribution[keyPath: kind.path].contains { $0.milliseconds > 0 } }
    let panels = ["mean", "p99"].map { point in
      rows.map { row in report.rows[row].result.metrics.attribution[keyPath: kind.path].first { $0.of == point } }
    }
    guard !rows.isEmpty, panels[0].contains(where: { $0 != nil }) else { return nil }
    let stacks = panels.map { Stacks($0) }
    let shown = LatencyTerm.allCases.filter { term in stacks.contains { $0.isLegible(term) } }
    let hasRest = stacks.contains { $0.hasRest(shown) }

    let names = RowNames(report), note = report.choiceNote(rows)
    let title = "Where the time goes: \(kind.words)"
    var entries: [(Legend.Sample, String)] = shown.map { (.swatch($0.colour), $0.words) }
    if hasRest { entries.append((.swatch(LatencyTerm.restColour), "all smaller terms")) }
    let legend = Legend(entries)
    let lines = RowLines(names: rows.map { names[$0] })
    let right = ChartStyle.width - 58, top = Drawing.titleHeight(hasSubtitle: !note.isEmpty) + 20, bottom = top + lines.height
    let gap = 62, panelWidth = (right - lines.left - gap) / 2
    var drawing = Drawing(height: bottom + 30 + legend.height(width: ChartStyle.width - 28))
    drawing.title(title, note)
    legend.draw(in: &drawing, left: 6, top: bottom + 28, width: ChartStyle.width - 28)
    for (index, name) in ["Mean", "Around p99"].enumerated() {
      let start = lines.left + index * (panelWidth + gap), stack = stacks[index]
      let x = Axis.linear("", upTo: stack.largest, marks: panelWidth / 72, text: timeText(milliseconds:))
      var curves = shown.map { Curve.boxes($0.words, stack.boxes(of: $0, shown), colour: $0.colour) }
      if hasRest { curves.append(.boxes("all smaller terms", stack.restBoxes(shown), colour: LatencyTerm.restColour)) }
      var panel = Panel(
        frame: PanelFrame(left: start, top: top, right: start + panelWidth, bottom: bottom), title: name, x: x, y: lines.axis(isLabelled: index == 0), curves: curves)
      panel.commands = stack.totals
      drawing.panel(panel)
    }
    let figures = rows.indices.compactMap { index in panels[0][index].map { "\(names[rows[index]]) \(timeText(milliseconds: $0.milliseconds)), mostly \($0.largestTerm)" } }
    return Chart(
      name: "attribution-\(kind.fileName)", title: title, description: "Mean \(kind.words): \(figures.listed).", drawing: drawing)
  }

  /// The two latencies that can be broken down.
  enum AttributionKind: CaseIterable {
    case publish, endToEnd

    var path: KeyPath<Attribution, [AttributedLatency]> {
      switch self {
      case .publish: \.publish
      case .endToEnd: \.endToEnd
      }
    }

    var words: String {
      switch self {
      case .publish: "publish latency"
      case .endToEnd: "end-to-end latency"
      }
    }

    fileprivate var fileName: String {
      switch self {
      case .publish: "publish"
      case .endToEnd: "end-to-end"
      }
    }
  }
}

extension AttributedLatency {
  /// In words; the first of several equal terms.
  var largestTerm: String {
    guard let largest = terms.map(\.milliseconds).max(), let term = terms.first(where: { $0.milliseconds == largest }) else { return "nothing" }
    return term.term.words
  }
}

/// The bars of one panel, from top to bottom.
private struct Stacks {
  let latencies: [AttributedLatency?]
  let largest: Double

  init(_ latencies: [AttributedLatency?]) {
    self.latencies = latencies
    largest = latencies.compactMap { $0?.milliseconds }.max() ?? 0
  }

  /// Whether a term is visible: at least a hundredth of the longest bar.
  func isLegible(_ term: LatencyTerm) -> Bool { latencies.contains { ($0?.milliseconds(of: term) ?? 0) >= largest * 0.01 && largest > 0 } }

  func hasRest(_ shown: [LatencyTerm]) -> Bool { latencies.contains { latency in latency?.terms.contains { $0.milliseconds > 0 && !shown.contains($0.term) } ?? false } }

  func boxes(of term: LatencyTerm, _ shown: [LatencyTerm]) -> [[Double]] {
    latencies.enumerated().compactMap { line, latency in
      guard let latency, latency.milliseconds(of: term) > 0 else { return nil }
      let start = shown.prefix { $0 != term }.reduce(0) { $0 + latency.milliseconds(of: $1) }
      return RowLines.bar(line, from: start, to: start + latency.milliseconds(of: term))
    }
  }

  func restBoxes(_ shown: [LatencyTerm]) -> [[Double]] {
    latencies.enumerated().compactMap { line, latency in
      guard let latency else { return nil }
      let start = shown.reduce(0) { $0 + latency.milliseconds(of: $1) }
      return start < latency.milliseconds ? RowLines.bar(line, from: start, to: latency.milliseconds) : nil
    }
  }

  /// The length of each bar, written after it.
  var totals: String {
    latencies.enumerated().map { line, latency in
      guard let latency else { return "" }
      return "set label \(quoted(timeText(milliseconds: latency.milliseconds))) at \(latency.milliseconds), \(line) left offset character 0.5, 0 "
        + "font '\(ChartStyle.font),\(ChartStyle.smallSize)' textcolor rgb '\(ChartStyle.ink)' front\n"
    }.joined()
  }
}
