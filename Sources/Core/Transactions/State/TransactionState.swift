/// The state of a transactional id. The raw values are those of its records.
///
/// Source: Kafka's `TransactionState`.
public enum TransactionState: Int8, Sendable, CaseIterable {
  case empty = 0, ongoing, prepareCommit, prepareAbort, completeCommit, completeAbort
  /// It is about to be deleted. Never recorded.
  case dead
  /// A producer is fenced before its transaction is aborted. Never recorded.
  case prepareEpochFence

  /// Kafka's name, as in DescribeTransactions and ListTransactions.
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

  /// The state with a name; nil if there is none.
  public init?(name: String) {
    guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = state
  }

  /// Whether the transaction's end is decided, but not yet known everywhere.
  public var isPrepared: Bool { self == .prepareCommit || self == .prepareAbort }

  /// Whether there is no transaction. The id may be deleted after a while.
  public var isAtRest: Bool {
    switch self {
    case .empty, .completeCommit, .completeAbort: true
    case .ongoing, .prepareCommit, .prepareAbort, .dead, .prepareEpochFence: false
    }
  }

  /// Whether this state may follow another one.
  public func mayFollow(_ former: TransactionState) -> Bool {
    switch self {
    case .empty, .dead: former.isAtRest
    case .ongoing: former == .ongoing || former.isAtRest
    case .prepareCommit, .prepareEpochFence: former == .ongoing
    // With version 2, a producer that cannot know whether its transaction started aborts it anyway (KIP-890).
    case .prepareAbort: former == .ongoing || former == .prepareEpochFence || former.isAtRest
    case .completeCommit: former == .prepareCommit
    case .completeAbort: former == .prepareAbort
    }
  }
}
