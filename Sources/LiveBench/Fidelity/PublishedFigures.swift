/// Figures that others measured and published, and how to predict each.
struct PublishedFigures {
  struct Figure {
    var source: String
    var name: String
    var metric: ComparedMetric
    var value: Double
    var isFitted: Bool
  }

  let figures: [Figure]

  /// The figures that ship.
  static var shipped: PublishedFigures { PublishedFigures(csv: String(decoding: PackageResources.published_csv, as: UTF8.self)) }

  /// - Parameter csv: source, case, metric, value, and `fit` if the figure was used to fit costs; one line for each, after the heading.
  init(csv: String) {
    figures = csv.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count == 5, let metric = ComparedMetric(rawValue: String(cells[2])), let value = Double(cells[3]) else {
        preconditionFailure("not a figure: \(line)")
      }
      return Figure(source: String(cells[0]), name: String(cells[1]), metric: metric, value: value, isFitted: cells[4] == "fit")
    }
  }

  /// The cases of a source, in the order of the file.
  func cases(of source: String) -> [String] {
    var names: [String] = []
    for figure in figures where figure.source == source && !names.contains(figure.name) { names.append(figure.name) }
    return names
  }

  func figures(of source: String, _ name: String) -> [Figure] { figures.filter { $0.source == source && $0.name == name } }
}
