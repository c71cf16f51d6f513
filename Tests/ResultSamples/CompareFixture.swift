import Compare
import Measurement
import Results

/// The sample and doctored copies of it.
package enum CompareFixture {
  package static let baseline = StoredResult(file: "bench.json", .sample)

  /// A copy whose last row, `acks=all`, is changed.
  package static func candidate(_ change: (inout ResultRow) -> Void) -> StoredResult {
    var copy = baseline
    change(&copy.rows[1])
    return copy
  }

  /// A copy whose last row measured something else.
  package static func measured(_ change: (inout Metrics) -> Void) -> StoredResult {
    candidate { row in
      guard var metrics = row.metrics else { return }
      change(&metrics)
      row.metrics = metrics
    }
  }

  /// Publish p99 0.8 ms higher, as replication takes 0.72 ms longer and waiting for the broker 0.08 ms.
  package static let slower = measured { metrics in
    metrics.latency.publish.p99 = 10.8
    metrics.attribution.publish[1].milliseconds = 10.8
    metrics.attribution.publish[1].terms = [
      TermTime(.batch, milliseconds: 2.5), TermTime(.requestQueue, milliseconds: 0.08), TermTime(.replication, milliseconds: 8.22),
    ]
  }

  /// A copy whose last row measured nothing.
  package static let unmeasured = measured { metrics in
    metrics.throughput.publish = nil
    metrics.throughput.consume = nil
    metrics.latency = Latencies(publish: .empty, publishFromSend: .empty, publishDelay: .empty, endToEnd: .empty)
  }

  package static func compare(_ candidate: StoredResult, _ gates: String...) throws -> Comparison {
    try Comparison(baseline: [baseline], candidate: [candidate], gates: gates.map { try Gate(parsing: $0) })
  }

  /// The gates that broke.
  package static func broken(_ candidate: StoredResult, _ gates: String...) throws -> [String] {
    let comparison = try Comparison(baseline: [baseline], candidate: [candidate], gates: gates.map { try Gate(parsing: $0) })
    return comparison.idleGates.map(\.text) + comparison.rows.flatMap(\.broken).map(\.gate)
  }

  /// The last row of the sample, with a run for each p99 of publish latency.
  package static func result(seeds: [UInt64], p99: [Double], _ change: (Int, inout RunResult) -> Void = { _, _ in }) -> StoredResult {
    var row = baseline.rows[1]
    row.runs = zip(seeds, p99).enumerated().map { place, figures in
      var run = baseline.rows[1].first
      run.seed = figures.0
      run.traceHash = figures.0 &* 1_000_003 ^ figures.1.bitPattern
      run.metrics?.latency.publish.p99 = figures.1
      run.metrics?.attribution.publish[1].milliseconds = figures.1
      run.metrics?.attribution.publish[1].terms = [TermTime(.batch, milliseconds: 2.5), TermTime(.replication, milliseconds: figures.1 - 2.5)]
      change(place, &run)
      return run
    }
    return StoredResult(file: "bench.json", scenario: "sample", rows: [row])
  }
}
