/// Why nothing may be decided about a transactional id at the moment (Kafka's `pendingTransitionInProgress`).
enum PendingTransition: Equatable, Sendable {
  /// A change was decided, and the log has yet to take it. Nobody sees this between two events.
  case decided(TransactionState)
  /// The log has taken it. It may be committed however long that takes, and the id waits for it: Kafka's coordinator gives up waiting after a while, and may then decide a second time what
  /// its log already says.
  case written(TransactionState)
  /// How the transaction ends is committed, and its partitions are being told.
  case markers

  var isUncommitted: Bool { self != .markers }
}
