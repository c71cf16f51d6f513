import Measurement
import Results

extension Chart {
  /// Throughput and p99 over a numeric key with at least three values. One line for each value of the other key with the largest effect;
  /// the mean over all further keys.
  static func scaling(_ report: BenchReport, over key: String) -> Chart? {
    let values = report.values(of: key).compactMap { text in Double(text).map { (text: text, number: $0) } }.sorted { ($0.number, $0.text) < ($1.number, $1.text) }
    guard values.count >= 3, values.count == report.values(of: key).count else { return nil }
    let others = report.keysByEffect(on: .publishP99).filter { $0 != key }
    let lineKey = others.first { (2...ChartStyle.seriesLimit).contains(report.values(of: $0).count) }
    let averaged = others.filter { $0 != lineKey }
    let series = report.combinations(of: lineKey.map { [$0] } ?? [])
    let curves = { (metric: ChartMetric) in
      series.map { settings in
        values.map { value in
          [Axis.place(of: value.number, among: values.map(\.number)), report.mean(metric, where: settings + [ChosenSetting(key: key, value: value.text)]) ?? .nan]
        }
      }
    }

    let name = ChosenSetting.name(ofKey: key), title = "Throughput and latency by \(name)"
    let axis = { (width: Int) in Axis.chosen(values, key: key, name: name, width: width) }
    let notes = [
      averaged.isEmpty ? nil : "each point is the mean over \(averaged.map(ChosenSetting.name).joined(separator: ", "))",
      axis(1).isLogarithmic && values[0].number == 0 ? "the axis is logarithmic; 0 stands at its left end" : nil,
    ].compactMap(\.self)
    let note = notes.joined(separator: "; ")
    let legend = Legend(series.enumerated().compactMap { index, settings in settings.first.map { (.line(index, hasMark: true), $0.phrase) } })
    let left = 76, right = ChartStyle.width - 18, gap = 86, top = Drawing.titleHeight(hasSubtitle: !note.isEmpty) + 22, bottom = top + 250
    let panelWidth = (right - left - gap) / 2
    var drawing = Drawing(height: bottom + 56 + legend.height(width: right - left))
    drawing.title(title, note)
    legend.draw(in: &drawing, left: left - 20, top: bottom + 52, width: right - left)
    for (index, metric) in ChartMetric.allCases.enumerated() {
      let points = curves(metric), figures = points.joined().map { $0[1] }.filter { $0 > 0 }
      let least = figures.min() ?? 1, largest = figures.max() ?? 1
      let start = left + index * (panelWidth + gap)
      drawing.panel(
        Panel(
          frame: PanelFrame(left: start, top: top, right: start + panelWidth, bottom: bottom), title: metric.words, x: axis(panelWidth),
          y: metric.isLatency && largest > least * 30 ? .logarithmic("", from: least, to: largest, text: metric.text) : .linear("", upTo: largest, text: metric.text),
          curves: points.enumerated().map { .linePoints(series[$0.offset].first?.phrase ?? metric.words, $0.element, index: $0.offset) }))
    }
    let described = values.map { value in
      let at = [ChosenSetting(key: key, value: value.text)]
      return "\(at[0].phrase) \(ChartMetric.throughput.text(report.mean(.throughput, where: at))) records/s, p99 \(ChartMetric.publishP99.text(report.mean(.publishP99, where: at)))"
    }
    return Chart(
      name: "scaling-\(key.fileName)", title: title, description: "Means over all other settings: \(described.listed).", drawing: drawing)
  }
}

extension Axis {
  /// Whether values lie so far apart that a linear axis would push all but the largest together.
  private static func isWide(_ numbers: [Double]) -> Bool {
    let positive = numbers.filter { $0 > 0 }
    return numbers[0] >= 0 && (positive.max() ?? 0) > (positive.min() ?? 0) * 9
  }

  /// Where a value stands: itself, but for 0 on a logarithmic axis, which stands to the left of the least other one.
  fileprivate static func place(of number: Double, among numbers: [Double]) -> Double {
    guard number == 0, isWide(numbers) else { return number }
    let positive = numbers.filter { $0 > 0 }, least = positive.min() ?? 1, largest = positive.max() ?? 1
    return least / max(2, (largest / least).squareRoot())
  }

  /// Marks at the values that were asked for; logarithmic where the largest is more than nine times the least.
  fileprivate static func chosen(_ values: [(text: String, number: Double)], key: String, name: String, width: Int) -> Axis {
    let numbers = values.map(\.number), places = numbers.map { place(of: $0, among: numbers) }
    let least = places[0], largest = places[places.count - 1]
    let isLogarithmic = isWide(numbers)
    let margin = (largest - least) * 0.06
    var axis = Axis(
      label: name, from: isLogarithmic ? least / 1.25 : least - margin, to: isLogarithmic ? largest * 1.25 : largest + margin,
      ticks: [], isLogarithmic: isLogarithmic)
    let labels = values.map { ChosenSetting.text(of: $0.text, key: key) }
    let extents = zip(labels, places).map { label, place -> ClosedRange<Double> in
      let middle = axis.part(of: place) * Double(width), half = Double(label.count) * ChartStyle.letterWidth / 2 + 3
      return middle - half...middle + half
    }
    // The ends always have their labels. Between them a label that would touch its neighbour is left out; its mark stays.
    var free = -Double.infinity
    for index in labels.indices {
      let isLast = index == labels.count - 1
      let isFree = isLast || extents[index].lowerBound >= free && (index == 0 || extents[index].upperBound <= extents[labels.count - 1].lowerBound)
      axis.ticks.append(Tick(position: places[index], label: isFree ? labels[index] : ""))
      if isFree { free = extents[index].upperBound }
    }
    return axis
  }
}

extension String {
  /// Suitable as a file name: lower-case letters, digits and hyphens.
  var fileName: String {
    let letters = lowercased().unicodeScalars.map { scalar in ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-" }
    let words = String(letters).split(separator: "-")
    return words.isEmpty ? "report" : words.joined(separator: "-")
  }
}
