/// All figures of one row.
public struct MetricSheet: Sendable, Equatable {
  public let metrics: [Metric]

  public init(of row: StoredRow) { metrics = MetricCatalogue.metrics(of: row) }

  public init(of result: BenchResult) { self.init(of: StoredRow(result)) }

  /// The figure of a path or of one of its other names; nil where the run does not tell.
  public subscript(path: String) -> Metric? {
    let path = MetricCatalogue.canonical(path)
    return metrics.first { $0.path == path }
  }
}
