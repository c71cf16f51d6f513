import Compare
import Measurement
import Results

extension Chart {
  /// What a search for the highest rate tried: p99 against the rate, with the objective as a line. Where the curve bends is where the cluster is full.
  static func search(_ report: BenchReport) -> Chart? {
    let searched = report.rows.indices.filter { !(report.rows[$0].result.search?.latencies.isEmpty ?? true) }
    let rows = Array(searched.prefix(ChartStyle.seriesLimit))
    guard !rows.isEmpty else { return nil }
    let searches = rows.compactMap { report.rows[$0].result.search }
    let names = RowNames(report), points = searches.map(\.latencies)
    let objectives = searches[0].objectives, bound = objectives.compactMap(Self.boundOfP99).min()
    let found = searches.map { search in search.recordsPerSecond.map { rate in "\(rateText(rate)) records/s" } ?? "no rate meets it" }

    let title = "Search for the highest rate: \(objectives.joined(separator: ", "))"
    let note = searched.count > rows.count ? "the first \(rows.count) of \(searched.count) settings" : "upright lines: the highest rate that meets what is asked for"
    var entries: [(Legend.Sample, String)] = rows.enumerated().map { (.line($0.offset, hasMark: false), "\(names[$0.element]): \(found[$0.offset])") }
    entries += [(.mark(7, ChartStyle.quietInk), "rate that was tried"), (.mark(6, ChartStyle.quietInk), "misses an objective")]
    let legend = Legend(entries)
    let left = 76, right = ChartStyle.width - 34, top = Drawing.titleHeight(hasSubtitle: true) + 20, bottom = top + 300
    var drawing = Drawing(height: bottom + 54 + legend.height(width: right - left))
    drawing.title(title.shortened(to: 92), note)
    legend.draw(in: &drawing, left: left - 20, top: bottom + 50, width: right - left)

    let latencies = points.joined().map(\.p99) + (bound.map { [$0] } ?? [])
    var panel = Panel(
      frame: PanelFrame(left: left, top: top, right: right, bottom: bottom), title: "Publish latency, p99",
      x: .linear("rate asked of the producers, records/s", upTo: points.joined().map(\.rate).max() ?? 0, marks: 8, text: countText),
      y: .logarithmic("", from: latencies.min() ?? 1, to: latencies.max() ?? 1, text: timeText(milliseconds:)))
    for (index, steps) in points.enumerated() {
      let name = names[rows[index]], colour = ChartStyle.series[index]
      panel.curves.append(.line(name, steps.map { [$0.rate, $0.p99] }, index: index, width: 1.4))
      panel.curves.append(.marks("\(name): met", steps.filter(\.isMet).map { [$0.rate, $0.p99] }, colour: colour, size: 0.8))
      panel.curves.append(.marks("\(name): missed", steps.filter { !$0.isMet }.map { [$0.rate, $0.p99] }, colour: colour, mark: 6, size: 0.9))
      if let rate = searches[index].recordsPerSecond {
        panel.commands += "set arrow from first \(rate), graph 0 to first \(rate), graph 1 nohead back linecolor rgb '\(colour)' linewidth 1 dashtype (4,3)\n"
        panel.curves.append(.marks("\(name): highest rate", steps.filter { $0.rate == rate && $0.isMet }.map { [$0.rate, $0.p99] }, colour: colour, size: 1.6))
      }
    }
    panel.curves.removeAll { $0.points.isEmpty }
    if let bound {
      let name = "objective, \(timeText(milliseconds: bound))"
      panel.curves.append(
        Curve(title: name, points: [[panel.x.from, bound], [panel.x.to, bound]], style: "with lines linecolor rgb '\(ChartStyle.ink)' linewidth 1.2 dashtype (8,4)"))
      panel.commands += "set label \(quoted(name)) at graph 0.012, first \(bound) left offset 0, character 0.6 front "
      panel.commands += "font '\(ChartStyle.font),\(ChartStyle.smallSize)' textcolor rgb '\(ChartStyle.ink)'\n"
    }
    drawing.panel(panel)
    let words = zip(rows, found).map { "\(names[$0]): \($1)" }
    return Chart(name: "search-rates", title: "Search for the highest rate", description: "\(words.listed). Asked for: \(objectives.joined(separator: ", ")).", drawing: drawing)
  }

  /// In milliseconds; nil where the objective is about something else.
  private static func boundOfP99(_ objective: String) -> Double? {
    guard let gate = try? Gate(parsing: objective), gate.path == "publish.p99", case .value(let bound) = gate.bound, bound > 0 else { return nil }
    return bound
  }
}

extension StoredSearch {
  /// The rates at which something was acknowledged, in ascending order.
  fileprivate var latencies: [(rate: Double, p99: Double, isMet: Bool)] {
    steps.compactMap { step in step.publishP99.map { (step.recordsPerSecond, $0, step.missed.isEmpty) } }.filter { $0.1 > 0 }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
  }
}
