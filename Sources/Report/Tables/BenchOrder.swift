import Results

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

  /// The best first: the highest throughput, the lowest latency or loss; what was not measured last. Rows that are equal keep their order.
  public func indices(of rows: [BenchRow]) -> [Int] {
    let keys = rows.map(key)
    return rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }

  /// The less, the better.
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
