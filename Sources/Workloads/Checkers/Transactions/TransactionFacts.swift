/// What became of one transaction.
public struct TransactionFacts: Sendable {
  public enum Fate: UInt8, Sendable {
    /// No commit was ever requested, so `read_committed` readers must not receive any of it.
    case open
    case committed
    /// It was aborted, or a commit was requested that certainly had no effect.
    case aborted
    /// A commit was requested, and no client learned the outcome.
    case unknown

    var words: String {
      switch self {
      case .open: "never asked to be committed"
      case .committed: "committed"
      case .aborted: "aborted"
      case .unknown: "of unknown outcome"
      }
    }
  }

  public internal(set) var fate = Fate.open
  /// Whether a `read_committed` reader received one of its values.
  public internal(set) var isShown = false
  public internal(set) var process = ProcessNumber(-1)
  /// Positions among the operations: where it began, where a commit was first requested, and what last reported its outcome; -1 if there is none.
  public internal(set) var began: Int32 = -1
  public internal(set) var asked: Int32 = -1
  public internal(set) var ended: Int32 = -1
  /// The number of values sent in it.
  public internal(set) var valueCount: Int32 = 0

  /// Whether it was committed, or its outcome is unknown and its values show that it was committed.
  public var mustHaveCommitted: Bool { fate == .committed || fate == .unknown && isShown }
  /// Whether it was certainly not committed.
  public var isWithheld: Bool { fate == .open || fate == .aborted }

  mutating func observe(_ operation: History.Operation, at position: Int32) {
    if began < 0 {
      began = position
      process = operation.process
    }
    switch (operation.function, operation.kind) {
    case (.commitTransaction, .invoke):
      if asked < 0 { asked = position }
      if fate != .committed { fate = .unknown }
    case (.commitTransaction, .ok): fate = .committed
    case (.commitTransaction, .info): if fate != .committed { fate = .unknown }
    case (.commitTransaction, .fail): if fate == .unknown { fate = .aborted }
    // If a commit was under way, a successful abort says that the commit did not arrive.
    case (.abortTransaction, .ok): if fate != .committed { fate = .aborted }
    default: break
    }
    if operation.kind != .invoke, operation.function != .begin { ended = position }
  }
}
