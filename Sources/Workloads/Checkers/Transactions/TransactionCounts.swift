import Primitives

/// What became of the transactions of a history.
public struct TransactionCounts: Sendable, Codable, Equatable {
  public var begun = 0
  public var committed = 0
  public var aborted = 0
  /// A commit was requested, and no client learned the outcome.
  public var unknown = 0
  /// Neither a commit nor an abort was requested.
  public var open = 0
  /// Sets of transactions that wrote to several partitions in cycles (G0), which Kafka permits.
  public var writeCycles = 0

  public init() {}

  /// The sum of two runs.
  public static func + (left: Self, right: Self) -> Self {
    var sum = Self()
    for (_, path) in counts { sum[keyPath: path] = left[keyPath: path].saturatingAdding(right[keyPath: path]) }
    return sum
  }

  private static let counts: [(key: CodingKeys, path: WritableKeyPath<Self, Int> & Sendable)] = [
    (.begun, \.begun), (.committed, \.committed), (.aborted, \.aborted), (.unknown, \.unknown), (.open, \.open), (.writeCycles, \.writeCycles),
  ]

  private enum CodingKeys: String, CodingKey { case begun, committed, aborted, unknown, open, writeCycles }

  /// Throws if a count is negative.
  public init(from decoder: any Decoder) throws {
    let counts = try decoder.container(keyedBy: CodingKeys.self)
    for (key, path) in Self.counts {
      self[keyPath: path] = try counts.decode(Int.self, forKey: key)
      guard self[keyPath: path] >= 0 else {
        throw DecodingError.dataCorruptedError(forKey: key, in: counts, debugDescription: "nothing is counted below 0")
      }
    }
  }

  init(_ dependencies: Dependencies) {
    for transaction in dependencies.analysis.transactions where transaction.began >= 0 {
      begun += 1
      switch transaction.fate {
      case .open: open += 1
      case .committed: committed += 1
      case .aborted: aborted += 1
      case .unknown: unknown += 1
      }
    }
    writeCycles = countWriteCycles(dependencies)
  }
}
