extension TransactionManager {
  /// The state of an idempotent producer, or of a transactional producer's transaction.
  enum State {
    case uninitialized
    case initializing
    case ready
    case inTransaction
    /// Everything is written, and an external coordinator decides whether it is committed (KIP-939).
    case prepared
    case committing
    case aborting
    case abortableError
    case fatalError

    /// Whether the transaction is being ended.
    var isCompleting: Bool { self == .committing || self == .aborting }

    /// `TransactionManager.State.isTransitionValid`
    func mayBecome(_ target: State) -> Bool {
      switch target {
      case .uninitialized: self == .ready || self == .abortableError
      case .initializing: self == .uninitialized || isCompleting
      case .ready: self == .initializing || isCompleting
      case .inTransaction: self == .ready
      case .prepared: self == .inTransaction || self == .initializing
      case .committing: self == .inTransaction || self == .prepared
      case .aborting: self == .inTransaction || self == .prepared || self == .abortableError
      case .abortableError: self == .inTransaction || self == .committing || self == .abortableError || self == .initializing
      case .fatalError: true
      }
    }

    var words: String {
      switch self {
      case .uninitialized: "not initialized"
      case .initializing: "being initialized"
      case .ready: "ready"
      case .inTransaction: "in a transaction"
      case .prepared: "prepared"
      case .committing: "committing"
      case .aborting: "aborting"
      case .abortableError: "in an error that calls for an abort"
      case .fatalError: "in a fatal error"
      }
    }
  }
}
