import Primitives

/// Which of the rules that were once missing from transaction coordinators are in force. Each is read at one place, and all are as in Kafka 4.3 and what was mended since where nothing is said.
public struct TransactionSwitches: Hashable, Sendable {
  /// While a transaction is completed, AddPartitionsToTxn waits, before anything else is asked (KAFKA-18575). Without it a partition that the ending transaction has counts as added to the
  /// next one, which the coordinator then knows nothing of.
  public var returnConcurrentBeforeAdd = true
  /// That a transaction is complete is recorded once (KAFKA-10080). Without it a moment later again, over whatever the id has begun meanwhile.
  public var singleCompletion = true
  /// The partitions of an open transaction are recorded. Without it they are in the coordinator's memory, and the next coordinator never heard of them (Redpanda #6018).
  public var persistOngoing = true
  /// Below level 2, each InitProducerId over an open transaction raises the epoch, also where the log refuses to take the abort, until none is left (KAFKA-9666).
  public var bumpOnRetriedInit = false
  /// Records name the producer ids before and after a change of producer id, so that the next coordinator knows a producer that asks again (KAFKA-20310).
  public var keepPreviousProducerID = true
  /// At level 2, a producer that commits what its coordinator has aborted meanwhile is fenced, as it is below (KAFKA-20785). Without it it is told INVALID_TXN_STATE, which ends
  /// the producer for good.
  public var fenceCommitOfAborted = true
  /// At level 2, EndTxn waits while the transaction before is completed, before the epoch is looked at (KAFKA-18464). Without it a producer that aborts its empty next transaction early fences itself.
  public var checkPendingFirst = true
  /// A transaction that the coordinator aborts in the last epoch of a producer id goes on with another producer id (KAFKA-20090). Without it the epoch comes to its end, and what begins in
  /// it can never be aborted.
  public var rotateOnFence = true
  /// At level 2, an abort by the coordinator raises the epoch once. Without it twice, of which the last epoch has no place for the second (KAFKA-19367).
  public var fenceWithOneBump = true
  /// InitProducerId raises the epoch. Without it the former holder of the id goes on beside the new one.
  public var bumpOnInit = true
  /// Markers are written once the decision is committed. Without it as soon as the log has it, which the next coordinator may not have.
  public var awaitPrepared = true
  /// A coordinator goes by what the in-sync replicas of its log have. Without it by what its own log took: whoever asks is answered, and markers are written, for
  /// what the next coordinator may not have. A fault that is planted: no Kafka was so.
  public var awaitCommit = true
  /// Whoever takes over has the markers written that the coordinator before has decided. Without it nobody does. A fault that is planted.
  public var resumePrepared = true
  /// A marker is answered when the in-sync replicas have it. Without it when the leader has, and the next leader may never hear how the transaction ended. A fault
  /// that is planted.
  public var replicateMarkers = true
  /// What a coordinator knows of a partition is forgotten when it leads that no more (KAFKA-9307). Without it, it stays, as where the unloading failed because ZooKeeper's session was over, and a
  /// broker that comes to lead the partition again loads it for ever.
  public var forgetFormerLeadership = true
  /// The epoch in which a new transactional id begins. Kafka's is 0; a large one shows what happens where the epochs of a producer id are used up, which otherwise takes some 32,766
  /// transactions (KAFKA-20090).
  public var firstEpoch: Int16 = 0

  public init() {}

  /// What a leader waits for before it answers that it has a marker, as in Produce.
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
