import Compare
import Measurement
import Results

extension Comparison {
  /// The candidate's rows in JMH's format: `throughput` in mode thrpt, `publish` and `endToEnd` in mode sample. The settings are the params.
  /// A simulated run has no error: the same run gives the same figure. With several seeds the score is the mean, the raw data has one value for each seed, and
  /// the confidence interval goes from the least to the greatest.
  var jmh: JSON {
    .array(
      benchmarks.flatMap { benchmark -> [JSON] in
        guard let metrics = benchmark.row.metrics else { return [] }
        let sheet = MetricSheet(of: benchmark.row), seeds = benchmark.row.runs.map { MetricSheet(of: $0) }
        func metric(_ path: String, _ unit: String, percentiles: [String]? = nil) -> JSON? {
          guard let metric = sheet[path], let score = metric.value.number else { return nil }
          return Self.metric(
            score, unit, percentiles: percentiles.map { $0.compactMap { sheet[$0]?.value.number } }, spread: metric.spread,
            raw: seeds.compactMap { $0[path]?.value.number })
        }
        guard let throughput = metric("throughput", "ops/s") else { return [] }
        let consume = metric("throughput.consume", "ops/s").map { [("consume", $0)] } ?? []
        let name = "trial.\(benchmark.title.split(separator: " ").joined(separator: "-"))"
        var entries = [
          Self.entry(
            "\(name).throughput", "thrpt", benchmark.row, metrics, throughput, secondary: consume)
        ]
        for latency in ["publish", "endToEnd"] {
          guard let score = metric("\(latency).mean", "ms/op", percentiles: Self.percentiles.map { "\(latency).\($0.point)" }) else { continue }
          entries.append(Self.entry("\(name).\(latency)", "sample", benchmark.row, metrics, score, secondary: []))
        }
        return entries
      })
  }

  private static func entry(
    _ name: String, _ mode: String, _ row: ResultRow, _ metrics: Metrics, _ primary: JSON, secondary: [(String, JSON)]
  ) -> JSON {
    .object([
      ("benchmark", .string(name)), ("mode", .string(mode)), ("threads", .integer(1)), ("forks", .integer(1)), ("warmupIterations", .integer(1)),
      ("warmupTime", .string("\(seconds(metrics.window.fromSeconds)) s")), ("warmupBatchSize", .integer(1)), ("measurementIterations", .integer(1)),
      ("measurementTime", .string("\(seconds(metrics.window.seconds)) s")), ("measurementBatchSize", .integer(1)),
      ("params", .object(row.settings.map { ($0.key, .string($0.value)) })), ("primaryMetric", primary), ("secondaryMetrics", .object(secondary)),
    ])
  }

  /// Whole seconds have no decimals.
  private static func seconds(_ value: Double) -> String { value.rounded() == value ? fixed(value, places: 0) : fixed(value, places: 3) }

  /// The names in JMH, with the ends of paths.
  private static let percentiles = [
    ("0.0", "min"), ("50.0", "p50"), ("90.0", "p90"), ("95.0", "p95"), ("99.0", "p99"), ("99.9", "p99.9"), ("99.99", "p99.99"), ("99.999", "p99.999"),
    ("100.0", "max"),
  ].map { (name: $0.0, point: $0.1) }

  /// - Parameter percentiles: values in the order of the names; nil repeats the score for each.
  private static func metric(_ score: Double, _ unit: String, percentiles: [Double]?, spread: SeedSpread?, raw: [Double]) -> JSON {
    let values = percentiles ?? Self.percentiles.map { _ in score }
    return .object([
      ("score", .number(score)), ("scoreError", spread.map { .number(($0.greatest - $0.least) / 2) } ?? .integer(0)),
      ("scoreConfidence", .array([.number(spread?.least ?? score), .number(spread?.greatest ?? score)])),
      ("scorePercentiles", .object(zip(Self.percentiles, values).map { ($0.name, .number($1)) })), ("scoreUnit", .string(unit)),
      ("rawData", .array([.array(raw.map(JSON.number))])),
    ])
  }
}
