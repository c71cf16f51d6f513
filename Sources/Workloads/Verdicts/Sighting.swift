/// What a scenario may expect to have been seen on the way (`seen: [isr-shrink]`), so that it cannot pass by missing its point.
public enum Sighting: String, CaseIterable, Codable, Sendable {
  case isrShrink = "isr-shrink"
  case isrExpand = "isr-expand"
  case leaderChange = "leader-change"
  case uncleanElection = "unclean-election"
  case eligibleElection = "eligible-election"
  case offlinePartition = "offline-partition"
  /// Clients could not write to a partition for longer than a fault may cost them: the bound of `availability`, though no leader was within reach.
  case longOutage = "long-outage"
  case truncation
  case brokerFenced = "broker-fenced"
  case brokerUnfenced = "broker-unfenced"
  case uncleanShutdown = "unclean-shutdown"
  case logRecovery = "log-recovery"
  case isrRefused = "isr-refused"
  /// A controller was elected: another one, or the same in a later epoch.
  case controllerElection = "controller-election"
  /// The active controller gave up leading by itself.
  case controllerResignation = "controller-resignation"
  /// A replica of the metadata log cut off records that were never committed.
  case metadataTruncation = "metadata-truncation"
  case diskFailure = "disk-failure"
  case permittedLoss = "permitted-loss"
  /// An acknowledged record was deleted by rule.
  case recordsDeleted = "records-deleted"
  case compaction
  /// Compaction took away a key's last record, which said that the key is deleted.
  case tombstoneRemoval = "tombstone-removal"
  /// A group that had been stable is so in another generation.
  case rebalance
  /// Somebody spoke for a member that is no more, or in a generation that is over, and was refused.
  case memberFenced = "member-fenced"
  /// The coordinator removed a member that did not ask for it.
  case memberEvicted = "member-evicted"
  /// A member was sent from its position to another one, or found nothing committed where its group had committed.
  case offsetReset = "offset-reset"
  /// Another broker coordinates a group.
  case coordinatorMove = "coordinator-move"
  /// All markers of a transaction are written.
  case transactionCommitted = "transaction-committed"
  case transactionAborted = "transaction-aborted"
  /// A transaction was open for too long, and its coordinator aborted it.
  case transactionTimedOut = "transaction-timed-out"
  /// Somebody spoke for a transactional id in an epoch that is over, and was refused by its coordinator.
  case producerFenced = "producer-fenced"
  /// A process with transactions could do no more with its producer, and made another one.
  case producerFailure = "producer-failure"
  case sendFailure = "send-failure"
  case messageHeld = "message-held"
}
