import Results

/// The sort orders for a table of results.
public enum BenchOrder: String, CaseIterable, Sendable {
  /// In the order in which the settings were given.
  case settings
  case throughput
  case p50
  case p99
  case p999 = "p99.9"
  case endToEnd = "endToEnd.p99"
  case lost

  /// The best first: the highest throughput, the lowest latency or loss; rows without a measurement last. Equal rows keep their order.
  public func indices(of rows: [BenchRow]) -> [Int] {
    let keys = rows.map(key)
    return rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// Smaller is better.
  private func key(_ row: BenchRow) -> Double {
    switch self {
    case .settings: 0
    case .throughput: row.publishRate.map { -$0 } ?? .infinity
    case .p50: row.spread(\.publish, \.p50)?.mean ?? .infinity
    case .p99: row.publishP99 ?? .infinity
    case .p999: row.spread(\.publish, \.p999)?.mean ?? .infinity
    case .endToEnd: row.spread(\.endToEnd, \.p99)?.mean ?? .infinity
    case .lost: Double(row.delivery.lost)
    }
  }
}
