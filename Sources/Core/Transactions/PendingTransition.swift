/// Why no decision about a transactional id is possible at the moment (Kafka's `pendingTransitionInProgress`).
enum PendingTransition: Equatable, Sendable {
  /// A change was decided, and the log has not accepted it yet. Never visible between two events.
  case decided(TransactionState)
  /// The log has accepted the change, and the id waits for its commit, however long that takes: Kafka's coordinator stops waiting after a while, and
  /// may then decide a second time what its log already says.
  case written(TransactionState)
  /// The decision how the transaction ends is committed, and its markers are being written.
  case markers

  var isUncommitted: Bool { self != .markers }
}
