import Primitives

/// The settings of a transaction coordinator, with Kafka's defaults.
public struct TransactionSettings: Sendable {
  /// `transaction.max.timeout.ms`: the longest timeout that a transaction with a timeout may request.
  public var maxTimeout = Duration.seconds(900)
  /// `transactional.id.expiration.ms`: how long an id without a transaction is kept.
  public var transactionalIDExpiration = Duration.seconds(7 * 24 * 3_600)
  /// `transaction.abort.timed.out.transaction.cleanup.interval.ms`
  public var timeoutCheckInterval = Duration.seconds(10)
  /// `transaction.remove.expired.transaction.cleanup.interval.ms`
  public var expiryCheckInterval = Duration.seconds(3_600)
  /// `transaction.two.phase.commit.enable`
  public var allowsTwoPhaseCommit = false
  public var switches = TransactionSwitches()

  public init() {}
}
