/// What a table of results may be sorted by.
public enum BenchOrder: String, CaseIterable, Sendable {
  /// As the settings were given.
  case settings
  case throughput
  case p50
  case p99
  case p999 = "p99.9"
  case endToEnd = "endToEnd.p99"
  case lost

  /// The best first: the highest throughput, the lowest latency or loss. Rows that are equal keep their order.
  public func indices(of rows: [BenchRow]) -> [Int] {
    let keys = rows.map { key($0.result) }
    return rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// The less, the better.
  private func key(_ result: BenchResult) -> Double {
    switch self {
    case .settings: 0
    case .throughput: -result.metrics.throughput.publish.recordsPerSecond
    case .p50: result.metrics.latency.publish.p50
    case .p99: result.metrics.latency.publish.p99
    case .p999: result.metrics.latency.publish.p999
    case .endToEnd: result.metrics.latency.endToEnd.p99
    case .lost: Double(result.lostInAll)
    }
  }
}
