extension Comparison {
  /// The candidate's rows as JMH would write them: `throughput` in mode thrpt, `publish` and `endToEnd` in mode sample. The settings are the params.
  /// A simulated run has no error: the same run gives the same figure.
  var jmh: JSON {
    .array(
      benchmarks.flatMap { benchmark -> [JSON] in
        guard let metrics = benchmark.row.metrics else { return [] }
        let name = "trial.\(benchmark.title.split(separator: " ").joined(separator: "-"))"
        var entries = [
          Self.entry(
            "\(name).throughput", "thrpt", benchmark.row, metrics,
            Self.metric(metrics.throughput.publish.recordsPerSecond, "ops/s"),
            secondary: [("consume", Self.metric(metrics.throughput.consume.recordsPerSecond, "ops/s"))])
        ]
        for (latency, summary) in [("publish", metrics.latency.publish), ("endToEnd", metrics.latency.endToEnd)] where summary.count > 0 {
          entries.append(Self.entry("\(name).\(latency)", "sample", benchmark.row, metrics, Self.metric(summary), secondary: []))
        }
        return entries
      })
  }

  private static func entry(
    _ name: String, _ mode: String, _ row: StoredRow, _ metrics: Metrics, _ primary: JSON, secondary: [(String, JSON)]
  ) -> JSON {
    .object([
      ("benchmark", .string(name)), ("mode", .string(mode)), ("threads", .integer(1)), ("forks", .integer(1)), ("warmupIterations", .integer(1)),
      ("warmupTime", .string("\(seconds(metrics.window.fromSeconds)) s")), ("warmupBatchSize", .integer(1)), ("measurementIterations", .integer(1)),
      ("measurementTime", .string("\(seconds(metrics.window.seconds)) s")), ("measurementBatchSize", .integer(1)),
      ("params", .object(row.settings.map { ($0.key, .string($0.value)) })), ("primaryMetric", primary), ("secondaryMetrics", .object(secondary)),
    ])
  }

  /// Whole seconds without decimals.
  private static func seconds(_ value: Double) -> String { value.rounded() == value ? fixed(value, places: 0) : fixed(value, places: 3) }

  private static func metric(_ score: Double, _ unit: String) -> JSON { metric(score, unit, percentiles: percentileNames.map { ($0, score) }) }

  private static func metric(_ summary: LatencySummary) -> JSON {
    let values = [
      summary.min, summary.p50, summary.p90, summary.p95, summary.p99, summary.p999, summary.p9999, summary.p99999, summary.max,
    ]
    return metric(summary.mean, "ms/op", percentiles: Array(zip(percentileNames, values)))
  }

  private static let percentileNames = ["0.0", "50.0", "90.0", "95.0", "99.0", "99.9", "99.99", "99.999", "100.0"]

  private static func metric(_ score: Double, _ unit: String, percentiles: [(String, Double)]) -> JSON {
    .object([
      ("score", .number(score)), ("scoreError", .integer(0)), ("scoreConfidence", .array([.number(score), .number(score)])),
      ("scorePercentiles", .object(percentiles.map { ($0.0, .number($0.1)) })), ("scoreUnit", .string(unit)),
      ("rawData", .array([.array([.number(score)])])),
    ])
  }
}
