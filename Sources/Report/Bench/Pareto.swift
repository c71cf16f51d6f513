extension BenchReport {
  /// The rows that no other row beats: none has at least their throughput, at most their p99 and at most their loss, and is better in one of
  /// these. A row in which nothing was acknowledged is never among them.
  public static func paretoFront(of rows: [BenchRow]) -> [Int] {
    rows.indices.filter { candidate in
      rows[candidate].result.metrics.latency.publish.count > 0
        && !rows.contains { $0.result.metrics.latency.publish.count > 0 && $0.result.dominates(rows[candidate].result) }
    }
  }
}

extension BenchResult {
  /// Acknowledged records that are gone, whether or not anything permits it.
  public var lostInAll: Int { delivery.lost + delivery.permittedLoss }

  fileprivate func dominates(_ other: BenchResult) -> Bool {
    let (rate, otherRate) = (metrics.throughput.publish.recordsPerSecond, other.metrics.throughput.publish.recordsPerSecond)
    let (p99, otherP99) = (metrics.latency.publish.p99, other.metrics.latency.publish.p99)
    return rate >= otherRate && p99 <= otherP99 && lostInAll <= other.lostInAll
      && (rate > otherRate || p99 < otherP99 || lostInAll < other.lostInAll)
  }
}
