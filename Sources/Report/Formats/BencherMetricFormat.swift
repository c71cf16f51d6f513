extension Comparison {
  /// The candidate's figures, one benchmark for each row. Measures are called `throughput`, `publish-p99`, `endtoend-p99-9`, ...
  var bencher: JSON {
    .object(
      benchmarks.map { benchmark -> (String, JSON) in
        let sheet = MetricSheet(of: benchmark.row)
        let metrics = TrackedFigures.paths.compactMap { sheet[$0] }
        return (benchmark.name, .object(metrics.map { (Self.slug($0.path), .object([("value", MetricValue?.some($0.value).json)])) }))
      })
  }

  /// Bencher's slugs have small letters, digits and hyphens.
  private static func slug(_ path: String) -> String { path.lowercased().split(separator: ".").joined(separator: "-") }
}
