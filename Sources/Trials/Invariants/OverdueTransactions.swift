import Host
import Primitives

/// Checks that a coordinator aborts a transaction that is open for longer than its producer allowed. Only what a coordinator does while it stays.
struct OverdueTransactions {
  /// An open transaction at its coordinator.
  struct Open: Hashable {
    let transactionalID: String
    let producerID: Int64
    let producerEpoch: Int16
    let coordinator: NodeID
    /// That in which it leads the partition of `__transaction_state`.
    let epoch: LeaderEpoch
  }

  /// How much later than its next look it may do that: timers of a slow broker run late.
  private static let grace = Duration.seconds(1)

  private var overdue = SeenSince<Open>()

  /// Called several times a second with all transactions that are open too long.
  ///
  /// - Parameter interval: how often a coordinator looks for them (`transaction.abort.timed.out.transaction.cleanup.interval.ms`).
  mutating func look(at open: [Open], interval: Duration, now: Instant, _ check: inout InvariantCheck) {
    overdue.beginLook()
    for transaction in open {
      let since = overdue.see(transaction, at: now)
      check.require(
        now - since <= interval + Self.grace,
        "transactional id \(transaction.transactionalID): the transaction of producer \(transaction.producerID), epoch \(transaction.producerEpoch), is open \(now - since) after its time, "
          + "and its coordinator, broker \(transaction.coordinator), looks every \(interval)")
    }
  }
}
