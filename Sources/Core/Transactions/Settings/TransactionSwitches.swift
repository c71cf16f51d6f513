import Primitives

/// Which rules that transaction coordinators once lacked are in force. Each switch is read in one place. The defaults are those of Kafka 4.3 and
/// later fixes.
public struct TransactionSwitches: Hashable, Sendable {
  /// While a transaction is being completed, AddPartitionsToTxn waits, before any other check (KAFKA-18575). Without this, a partition of the ending
  /// transaction counts as added to the next one, which the coordinator does not know about.
  public var returnConcurrentBeforeAdd = true
  /// A completion is recorded once (KAFKA-10080). Without this, it is recorded again a moment later, over whatever the id has started in the
  /// meantime.
  public var singleCompletion = true
  /// The partitions of an open transaction are recorded. Without this, they exist only in the coordinator's memory, and the next coordinator does not
  /// know them (Redpanda #6018).
  public var persistOngoing = true
  /// Below version 2, each InitProducerId for an open transaction raises the epoch, even if the log refuses the abort, until none is left
  /// (KAFKA-9666).
  public var bumpOnRetriedInit = false
  /// Records contain the producer ids before and after a change of producer id, so that the next coordinator recognises a producer that retries
  /// (KAFKA-20310).
  public var keepPreviousProducerID = true
  /// With version 2, a producer that commits what its coordinator has aborted in the meantime is fenced, as it is below version 2 (KAFKA-20785).
  /// Without this, it gets INVALID_TXN_STATE, which makes the producer unusable.
  public var fenceCommitOfAborted = true
  /// With version 2, EndTxn waits while the previous transaction is being completed, before the epoch is checked (KAFKA-18464). Without this, a
  /// producer that aborts its empty next transaction early fences itself.
  public var checkPendingFirst = true
  /// A transaction that the coordinator aborts in the last epoch of a producer id continues with another producer id (KAFKA-20090). Without this, the
  /// epochs are exhausted, and a transaction that starts in the last one can never be aborted.
  public var rotateOnFence = true
  /// With version 2, an abort by the coordinator raises the epoch once. Without this, it raises it twice, and the last epoch has no successor for the
  /// second (KAFKA-19367).
  public var fenceWithOneBump = true
  /// InitProducerId raises the epoch. Without this, the previous holder of the id continues alongside the new one.
  public var bumpOnInit = true
  /// Markers are written once the decision is committed. Without this, as soon as it is in the log, so that the next coordinator may not have it.
  public var awaitPrepared = true
  /// A coordinator relies on what the in-sync replicas of its log have. Without this, it relies on its own log: requests are answered, and markers
  /// are written, for decisions that the next coordinator may not have. An injected fault: no version of Kafka did this.
  public var awaitCommit = true
  /// A new coordinator has the markers written that the previous one decided on. Without this, they are never written. An injected fault.
  public var resumePrepared = true
  /// A marker is acknowledged when the in-sync replicas have it. Without this, when the leader has it, and the next leader may never learn how the
  /// transaction ended. An injected fault.
  public var replicateMarkers = true
  /// A coordinator's state for a partition is dropped when it no longer leads the partition (KAFKA-9307). Without this, it stays, as when unloading
  /// failed because the ZooKeeper session had expired, and a broker that becomes the leader again loads it forever.
  public var forgetFormerLeadership = true
  /// The epoch in which a new transactional id starts. Kafka's is 0; a large one shows what happens when the epochs of a producer id are used up,
  /// which otherwise takes some 32,766 transactions (KAFKA-20090).
  public var firstEpoch: Int16 = 0

  public init() {}

  /// What a leader waits for before it acknowledges a marker, as in Produce.
  public var acksOfMarkers: Int16 { replicateMarkers ? -1 : 1 }

  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<TransactionSwitches>(
    defaults: TransactionSwitches(),
    [
      .boolean("returnConcurrentBeforeAdd", \.returnConcurrentBeforeAdd), .boolean("singleCompletion", \.singleCompletion),
      .boolean("persistOngoing", \.persistOngoing), .boolean("bumpOnRetriedInit", \.bumpOnRetriedInit),
      .boolean("keepPreviousProducerID", \.keepPreviousProducerID), .boolean("fenceCommitOfAborted", \.fenceCommitOfAborted),
      .boolean("checkPendingFirst", \.checkPendingFirst), .boolean("rotateOnFence", \.rotateOnFence), .boolean("fenceWithOneBump", \.fenceWithOneBump),
      .boolean("bumpOnInit", \.bumpOnInit), .boolean("awaitPrepared", \.awaitPrepared), .boolean("awaitCommit", \.awaitCommit),
      .boolean("resumePrepared", \.resumePrepared), .boolean("replicateMarkers", \.replicateMarkers),
      .boolean("forgetFormerLeadership", \.forgetFormerLeadership),
      .integer("firstEpoch", \.firstEpoch, in: 0 ... .max - 2),
    ])
}
