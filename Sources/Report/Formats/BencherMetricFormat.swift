import Compare
import Results

extension Comparison {
  /// The candidate's figures, one benchmark for each row. Measures are named `throughput`, `publish-p99`, `endtoend-p99-9`, ... With several
  /// seeds the lower and the upper value are the least and the greatest of them.
  var bencher: JSON {
    .object(
      benchmarks.map { benchmark -> (String, JSON) in
        let sheet = MetricSheet(of: benchmark.row)
        let metrics = TrackedFigures.paths.compactMap { sheet[$0] }
        return (benchmark.name, .object(metrics.map { (Self.slug($0.path), .object([("value", MetricValue?.some($0.value).json)] + Self.ends($0))) }))
      })
  }

  private static func ends(_ metric: Metric) -> [(String, JSON)] {
    metric.spread.map { [("lower_value", .number($0.least)), ("upper_value", .number($0.greatest))] } ?? []
  }

  /// Bencher's slugs have lower-case letters, digits and hyphens.
  private static func slug(_ path: String) -> String { path.lowercased().split(separator: ".").joined(separator: "-") }
}
