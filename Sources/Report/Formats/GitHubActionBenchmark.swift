import Compare
import Results

extension Comparison {
  /// The candidate's figures that are better in one direction, as an array for customBiggerIsBetter or customSmallerIsBetter.
  func gitHubActionBenchmark(_ direction: MetricDirection) -> JSON {
    .array(
      benchmarks.flatMap { benchmark -> [JSON] in
        let sheet = MetricSheet(of: benchmark.row)
        let metrics = TrackedFigures.paths.compactMap { sheet[$0] }.filter { $0.better == direction }
        return metrics.map { metric -> JSON in
          let unit = metric.unit == .count ? "records" : metric.unit.rawValue
          let ends = metric.spread.map { [$0.least, $0.greatest].map { FigureText.text($0, metric.unit) }.joined(separator: "..") }
          let range = ends.map { [("range", JSON.string($0))] } ?? []
          return .object(
            [("name", .string("\(benchmark.name): \(metric.path)")), ("unit", .string(unit)), ("value", MetricValue?.some(metric.value).json)] + range
              + [("extra", .string(benchmark.row.replay))])
        }
      })
  }
}

/// The figures that are worth tracking over time.
enum TrackedFigures {
  static let paths = [
    "throughput", "throughput.consume", "compressionRatio", "publish.mean", "publish.p50", "publish.p99", "publish.p99.9", "endToEnd.mean", "endToEnd.p50",
    "endToEnd.p99", "endToEnd.p99.9", "cpu.broker", "cpu.client", "lost", "permittedLoss", "violations", "deleted", "duplicated",
  ]
}
