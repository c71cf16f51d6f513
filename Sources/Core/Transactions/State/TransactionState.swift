/// Where a transactional id stands. The raw values are those of its records.
///
/// Source: Kafka's `TransactionState`.
public enum TransactionState: Int8, Sendable, CaseIterable {
  case empty = 0, ongoing, prepareCommit, prepareAbort, completeCommit, completeAbort
  /// It is about to be forgotten. In no record.
  case dead
  /// A producer is fenced before its transaction is aborted. In no record.
  case prepareEpochFence

  /// Kafka's name, as DescribeTransactions and ListTransactions tell it.
  public var name: String {
    switch self {
    case .empty: "Empty"
    case .ongoing: "Ongoing"
    case .prepareCommit: "PrepareCommit"
    case .prepareAbort: "PrepareAbort"
    case .completeCommit: "CompleteCommit"
    case .completeAbort: "CompleteAbort"
    case .dead: "Dead"
    case .prepareEpochFence: "PrepareEpochFence"
    }
  }

  /// nil where no state is called so.
  public init?(name: String) {
    guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = state
  }

  /// How it ends is decided, and not yet known everywhere.
  public var isPrepared: Bool { self == .prepareCommit || self == .prepareAbort }

  /// There is no transaction. The id may be forgotten after a while.
  public var isAtRest: Bool {
    switch self {
    case .empty, .completeCommit, .completeAbort: true
    case .ongoing, .prepareCommit, .prepareAbort, .dead, .prepareEpochFence: false
    }
  }

  /// Whether this state may come after another one.
  public func mayFollow(_ former: TransactionState) -> Bool {
    switch self {
    case .empty, .dead: former.isAtRest
    case .ongoing: former == .ongoing || former.isAtRest
    case .prepareCommit, .prepareEpochFence: former == .ongoing
    // At level 2 a producer that cannot know whether its transaction began aborts it all the same (KIP-890).
    case .prepareAbort: former == .ongoing || former == .prepareEpochFence || former.isAtRest
    case .completeCommit: former == .prepareCommit
    case .completeAbort: former == .prepareAbort
    }
  }
}
