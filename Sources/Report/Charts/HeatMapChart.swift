import Results

extension Chart {
  /// A matrix of a metric over two varied keys. If there are more keys, it uses the two with the largest effect; for the others there is one panel
  /// each, or the mean if that would be too many panels.
  static func heatMap(_ report: BenchReport, of metric: ChartMetric) -> Chart? {
    let keys = report.keysByEffect(on: metric)
    guard keys.count >= 2 else { return nil }
    let pair = keys.prefix(2).sorted { (report.values(of: $0).count, $0) > (report.values(of: $1).count, $1) }
    let (across, down) = (pair[0], pair[1])
    let others = report.tellingKeys.filter { !pair.contains($0) }
    let isAveraged = report.combinations(of: others).count > 9
    let panels = isAveraged ? [[]] : report.combinations(of: others)
    let columnValues = report.values(of: across), rowValues = report.values(of: down)
    guard columnValues.count <= 12, rowValues.count <= 16 else { return nil }

    let cells = panels.map { settings in
      rowValues.map { row in
        columnValues.map { column in
          report.mean(metric, where: settings + [ChosenSetting(key: across, value: column), ChosenSetting(key: down, value: row)])
        }
      }
    }
    let scale = HeatScale(cells.joined().joined().compactMap { $0 }, isLogarithmic: metric.isLatency)
    var note = scale.isUniform ? "all fields are within 5 % of each other" : metric.isLatency ? "yellow is fast, dark blue is slow" : "yellow is high, dark blue is low"
    if isAveraged { note += "; each field is the mean over \(others.map(ChosenSetting.name).joined(separator: ", "))" }

    let rowTexts = rowValues.map { ChosenSetting.text(of: $0, key: down) }, columnTexts = columnValues.map { ChosenSetting.text(of: $0, key: across) }
    // The name of the rows stands above them, and not beside the first panel's title.
    let rowName = ChosenSetting.name(ofKey: down)
    let left = 24 + Int(Double(max(min(24, rowTexts.map(\.count).max() ?? 0), rowName.count)) * ChartStyle.letterWidth), right = ChartStyle.width - 18
    let gap = 16, leastWidth = columnValues.count * max(52, Int(Double(columnTexts.map(\.count).max() ?? 0) * ChartStyle.letterWidth) + 8)
    let titleWidth = Int(Double(panels.map { $0.map(\.phrase).joined(separator: ", ").count }.max() ?? 0) * ChartStyle.boldLetterWidth)
    let fitting = max(1, min(panels.count, (right - left + gap) / (max(leastWidth, titleWidth) + gap)))
    let lines = (panels.count + fitting - 1) / fitting, perLine = (panels.count + lines - 1) / lines
    let panelWidth = (right - left - gap * (perLine - 1)) / perLine, panelHeight = rowValues.count * 34
    let lineHeight = panelHeight + 24 + (others.isEmpty || isAveraged ? 0 : 22)
    let top = Drawing.titleHeight(hasSubtitle: true) + 24
    var drawing = Drawing(height: top + lines * lineHeight + (others.isEmpty || isAveraged ? 26 : 6))
    drawing.title("\(metric.words): \(ChosenSetting.name(ofKey: across)) against \(rowName)", note)
    drawing.label(rowName, x: left - 8, y: top - 11, colour: ChartStyle.quietInk, align: "right")
    drawing.label(
      ChosenSetting.name(ofKey: across), x: left + (perLine * (panelWidth + gap) - gap) / 2, y: top + lines * lineHeight - (others.isEmpty || isAveraged ? 0 : 22) + 10,
      colour: ChartStyle.quietInk, align: "center")
    for (index, settings) in panels.enumerated() {
      let x = left + index % perLine * (panelWidth + gap), y = top + index / perLine * lineHeight
      let isLowest = index + perLine >= panels.count
      var horizontal = Axis(label: "", from: -0.5, to: Double(columnValues.count) - 0.5, ticks: [], hasGrid: false)
      horizontal.ticks = columnTexts.enumerated().map { Axis.Tick(position: Double($0.offset), label: isLowest ? $0.element : "") }
      var vertical = Axis(label: "", from: Double(rowValues.count) - 0.5, to: -0.5, ticks: [], hasGrid: false)
      vertical.ticks = rowTexts.enumerated().map { Axis.Tick(position: Double($0.offset), label: index % perLine == 0 ? $0.element.shortened(to: 24) : "") }
      var panel = Panel(
        frame: PanelFrame(left: x, top: y, right: x + panelWidth, bottom: y + panelHeight),
        title: settings.map(\.phrase).joined(separator: ", ").shortened(to: Int(Double(panelWidth) / ChartStyle.boldLetterWidth)), x: horizontal, y: vertical)
      panel.commands = "unset border\nset tics scale 0\n" + scale.fields(cells[index], text: metric.text)
      drawing.panel(panel)
    }
    let extremes = report.rows.compactMap(metric.value)
    return Chart(
      name: "matrix-\(metric.fileName)", title: "\(metric.words): \(across) against \(down)",
      description: "\(metric.words) for \(columnValues.count) values of \(across) and \(rowValues.count) of \(down)"
        + "\(others.isEmpty ? "" : isAveraged ? ", as means over \(others.joined(separator: ", "))" : ", for each of \(others.joined(separator: ", "))")"
        + ": from \(metric.text(extremes.min())) to \(metric.text(extremes.max())).",
      drawing: drawing)
  }
}

/// Maps figures to colours: cividis, which goes from dark blue to yellow in even steps for any kind of colour vision. Bright is good.
private struct HeatScale {
  private static let stops: [(Double, Double, Double)] = [
    (0, 32, 76), (0, 42, 102), (0, 52, 110), (39, 63, 108), (60, 74, 107), (76, 85, 107), (91, 95, 109), (104, 106, 112), (117, 117, 117), (131, 129, 120),
    (146, 141, 121), (161, 154, 118), (176, 168, 115), (194, 183, 108), (212, 198, 97), (231, 215, 81), (253, 234, 69),
  ]

  private let least: Double
  private let largest: Double
  private let isLogarithmic: Bool
  /// Whether all are within a twentieth of each other: then there is nothing to tell apart, and all fields have one colour.
  let isUniform: Bool

  /// With a logarithmic scale, less is better.
  init(_ values: [Double], isLogarithmic: Bool) {
    let positive = values.filter { $0 > 0 }
    // Values within a tenth of each other must look similar too, so they use only part of the scale.
    let middle = ((positive.min() ?? 0) + (positive.max() ?? 0)) / 2
    least = min(positive.min() ?? 0, middle * 0.95)
    largest = max(positive.max() ?? 0, middle * 1.05)
    self.isLogarithmic = isLogarithmic
    isUniform = (positive.max() ?? 0) - (positive.min() ?? 0) <= (positive.max() ?? 0) * 0.05
  }

  /// gnuplot commands for the cells of one panel, with their figures.
  func fields(_ cells: [[Double?]], text: (Double) -> String) -> String {
    var commands = ""
    for (y, row) in cells.enumerated() {
      for (x, value) in row.enumerated() {
        let (colour, ink) = value.map(colours) ?? (ChartStyle.grid, ChartStyle.ink)
        commands += "set object rectangle from first \(Double(x) - 0.48), first \(Double(y) - 0.46) to first \(Double(x) + 0.48), first \(Double(y) + 0.46) "
        commands += "behind fillcolor rgb '\(colour)' fillstyle solid 1.0 noborder\n"
        commands += "set label \(quoted(value.map(text) ?? "-")) at first \(x), first \(y) center front textcolor rgb '\(ink)'\n"
      }
    }
    return commands
  }

  /// The colours of a cell and of its figure. The figure's colours are fixed, because those of the style change with the page's.
  private func colours(_ value: Double) -> (String, String) {
    guard !isUniform else { return ("#dbe4ec", "#010101") }
    var part = 1.0
    if largest > least, least > 0 {
      part = isLogarithmic
        ? 1 - Axis(label: "", from: least, to: largest, ticks: [], isLogarithmic: true).part(of: max(value, least)) : (max(value, least) - least) / (largest - least)
    }
    let place = min(max(part, 0), 1) * Double(Self.stops.count - 1)
    let low = min(Int(place), Self.stops.count - 2), rest = place - Double(low)
    let (from, to) = (Self.stops[low], Self.stops[low + 1])
    let mix = { (a: Double, b: Double) in Int(saturating: (a + (b - a) * rest).rounded()) }
    let (red, green, blue) = (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
    let brightness = (299 * red + 587 * green + 114 * blue) / 1_000
    return (hexColour(red, green, blue), brightness < 122 ? "#fefefe" : "#010101")
  }
}

/// `#rrggbb`.
func hexColour(_ red: Int, _ green: Int, _ blue: Int) -> String {
  "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
