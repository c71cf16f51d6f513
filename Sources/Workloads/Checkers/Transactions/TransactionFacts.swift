/// What became of one transaction.
public struct TransactionFacts: Sendable {
  public enum Fate: UInt8, Sendable {
    /// Nobody ever asked for it to be committed, so that nothing of it may be given to anybody who reads committed records only.
    case open
    case committed
    /// Aborted, or asked to be committed, which certainly had no effect.
    case aborted
    /// Asked to be committed, and nobody was told what came of it.
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
  /// A process that reads committed records only was given a value of it.
  public internal(set) var isShown = false
  public internal(set) var process = ProcessNumber(-1)
  /// Positions among the operations: where it began, where it was first asked to be committed, and what said last what became of it; -1 where there is none.
  public internal(set) var began: Int32 = -1
  public internal(set) var asked: Int32 = -1
  public internal(set) var ended: Int32 = -1
  /// How many values were sent in it.
  public internal(set) var valueCount: Int32 = 0

  /// Committed, or of unknown outcome and seen to be.
  public var mustHaveCommitted: Bool { fate == .committed || fate == .unknown && isShown }
  /// Certainly not committed.
  public var isWithheld: Bool { fate == .open || fate == .aborted }

  mutating func note(_ operation: History.Operation, at position: Int32) {
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
    // Where a commit was under way an abort that was agreed to says that it had not come.
    case (.abortTransaction, .ok): if fate != .committed { fate = .aborted }
    default: break
    }
    if operation.kind != .invoke, operation.function != .begin { ended = position }
  }
}
