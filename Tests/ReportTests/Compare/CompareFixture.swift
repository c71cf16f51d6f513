import Testing

@testable import Report

/// The sample and doctored copies of it.
enum CompareFixture {
  static let baseline = StoredResult(file: "bench.json", .sample)

  /// A copy whose last row, `acks=all`, is changed.
  static func candidate(_ change: (inout StoredRow) -> Void) -> StoredResult {
    var copy = baseline
    change(&copy.rows[1])
    return copy
  }

  /// A copy whose last row measured something else.
  static func measured(_ change: (inout Metrics) -> Void) -> StoredResult {
    candidate { row in if row.metrics != nil { change(&row.metrics!) } }
  }

  /// Publish p99 0.8 ms higher, as replication takes 0.72 ms longer and waiting for the broker 0.08 ms.
  static let slower = measured { metrics in
    metrics.latency.publish.p99 = 10.8
    metrics.attribution.publish[1].milliseconds = 10.8
    metrics.attribution.publish[1].terms = [
      TermTime(.batch, milliseconds: 2.5), TermTime(.requestQueue, milliseconds: 0.08), TermTime(.replication, milliseconds: 8.22),
    ]
  }

  static func compare(_ candidate: StoredResult, _ gates: String...) throws -> Comparison {
    try Comparison(baseline: [baseline], candidate: [candidate], gates: gates.map { try Gate(parsing: $0) })
  }

  /// The gates that broke.
  static func broken(_ candidate: StoredResult, _ gates: String...) throws -> [String] {
    let comparison = try Comparison(baseline: [baseline], candidate: [candidate], gates: gates.map { try Gate(parsing: $0) })
    return comparison.idleGates.map(\.text) + comparison.rows.flatMap(\.broken).map(\.gate)
  }
}
