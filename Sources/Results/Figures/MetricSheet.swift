/// All figures of one row.
public struct MetricSheet: Sendable, Equatable {
  public let metrics: [Metric]

  /// With several seeds, a figure is the mean, a count of records or faults the sum, and a word the worst. A figure that one of the seeds does not
  /// have is left out: a run that measured nothing is not ignored.
  public init(of row: ResultRow) {
    let sheets = row.runs.map(MetricCatalogue.metrics)
    guard sheets.count > 1 else {
      metrics = sheets[0]
      return
    }
    var found: [String: [Metric]] = [:]
    for metric in sheets.joined() { found[metric.path, default: []].append(metric) }
    let others = sheets.dropFirst().joined().filter { metric in !sheets[0].contains { $0.path == metric.path } }
    var told: Set<String> = []
    metrics = (sheets[0] + others).filter { told.insert($0.path).inserted }.compactMap { Metric(overSeeds: found[$0.path]!, of: sheets.count) }
  }

  public init(of run: RunResult) { metrics = MetricCatalogue.metrics(of: run) }

  /// The figure for a path or one of its other names; nil if the run does not have it.
  public subscript(path: String) -> Metric? {
    let path = MetricCatalogue.canonical(path)
    return metrics.first { $0.path == path }
  }
}

extension Metric {
  /// - Parameter metrics: the same path for each seed that has it, at least one.
  fileprivate init?(overSeeds metrics: [Metric], of count: Int) {
    let first = metrics[0]
    switch first.value {
    case .number:
      guard metrics.count == count, let spread = SeedSpread(metrics.compactMap(\.value.number)) else { return nil }
      if MetricCatalogue.isTotal(first.path) {
        self.init(first.path, first.unit, first.better, .number(metrics.reduce(0) { $0 + ($1.value.number ?? 0) }))
      } else {
        self.init(first.path, first.unit, first.better, .number(spread.mean), spread: spread)
      }
    case .word(_, rank: nil):
      var words: [String] = []
      for case .word(let word, _) in metrics.map(\.value) where !words.contains(word) { words.append(word) }
      self.init(first.path, first.unit, first.better, .word(words.joined(separator: ", "), rank: nil))
    case .word(_, .some):
      let worst = metrics.max { $0.value.rank < $1.value.rank }
      self.init(first.path, first.unit, first.better, (worst ?? first).value)
    }
  }
}

extension MetricValue {
  fileprivate var rank: Int { if case .word(_, let rank?) = self { rank } else { 0 } }
}
