/// What a scenario may expect to see on the way (`seen: [isr-shrink]`), so that it cannot pass by missing its point.
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
  /// Another set of voters of the metadata log was committed.
  case votersChanged = "voters-changed"
  /// One with a voter more.
  case voterAdded = "voter-added"
  /// One with a voter less.
  case voterRemoved = "voter-removed"
  /// A replica of the metadata log cut off records that were never committed.
  case metadataTruncation = "metadata-truncation"
  case diskFailure = "disk-failure"
  case permittedLoss = "permitted-loss"
  /// A rule deleted an acknowledged record.
  case recordsDeleted = "records-deleted"
  case compaction
  /// Compaction removed a tombstone that was the last record of its key.
  case tombstoneRemoval = "tombstone-removal"
  /// A group that was stable is stable again in another generation.
  case rebalance
  /// A request for a member that no longer exists, or with an old generation, was refused.
  case memberFenced = "member-fenced"
  /// The coordinator removed a member that had not asked for it.
  case memberEvicted = "member-evicted"
  /// A member's position was reset, or it found no committed offset although its group had committed one.
  case offsetReset = "offset-reset"
  /// Another broker coordinates a group.
  case coordinatorMove = "coordinator-move"
  /// All markers of a transaction are written.
  case transactionCommitted = "transaction-committed"
  case transactionAborted = "transaction-aborted"
  /// A transaction was open too long, and its coordinator aborted it.
  case transactionTimedOut = "transaction-timed-out"
  /// The coordinator refused a request for a transactional id with an old epoch.
  case producerFenced = "producer-fenced"
  /// A process with transactions could not use its producer any more, and created another one.
  case producerFailure = "producer-failure"
  /// A batch of a producer was acknowledged before an earlier one, by a leader that did not know the producer: the earlier one is refused until its time is over.
  case batchOvertook = "batch-overtook"
  /// A leader that was restarted refused a batch that it has, as it knows only the last one of the producer: an idempotent producer writes it again.
  case duplicateForgotten = "duplicate-forgotten"
  /// Without eligible leader replicas (KIP-966), the last replica of an ISR was elected although it had lost committed records with its page cache or its disk.
  case lastReplicaLost = "last-replica-lost"
  /// A replica of a compacted topic keeps a record that was never committed, or cuts its log below its high watermark: its leader does not know where an epoch began, as compaction
  /// took its first records.
  case epochStartCompacted = "epoch-start-compacted"
  /// An unclean election of a partition that holds what a transaction wrote, or what its coordinator knows of it: the transaction may stay open.
  case transactionsForgotten = "transactions-forgotten"
  case sendFailure = "send-failure"
  case messageHeld = "message-held"
  /// A replica of the metadata log took a snapshot.
  case metadataSnapshot = "metadata-snapshot"
  /// A node began with a snapshot of the metadata, or got one from the leader.
  case snapshotLoaded = "snapshot-loaded"
}
