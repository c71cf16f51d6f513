import Primitives

/// What happened inside a node that an observer may care about.
///
/// Scenario schedules wait for these (`election(t-0)`), expectations name them (`seen: [isr-shrink]`), the story prints them, and
/// white-box invariants are checked when they come. They describe; nothing reads them back into a node.
public enum Occurrence: Sendable {
  // The controller.
  case brokerRegistered(NodeID, BrokerEpoch, cleanShutdown: Bool)
  case brokerFenced(NodeID, reason: FencingReason)
  case brokerUnfenced(NodeID)
  case topicCreated(String, Uuid, partitions: Int)
  case topicDeleted(String, Uuid)
  /// The controller committed a new leader; `.none` says the partition is offline.
  case leaderElected(TopicPartition, leader: NodeID, epoch: LeaderEpoch, isr: [NodeID], election: Election)
  /// The committed ISR or ELR of a partition changed.
  case isrChanged(TopicPartition, from: [NodeID], to: [NodeID], eligible: [NodeID])
  /// A node became the leader of the metadata log.
  case controllerElected(NodeID, epoch: LeaderEpoch)
  /// A node that led the metadata log gave that up by itself: it did not hear from a majority of the voters, or it shuts down.
  case controllerResigned(NodeID, epoch: LeaderEpoch, reason: ResignationReason)
  /// A replica of the metadata log hands the next committed batch to its node.
  case metadataCommitted(MetadataCommit)

  // A replica.
  case becameLeader(TopicPartition, epoch: LeaderEpoch, startOffset: Offset)
  case becameFollower(TopicPartition, epoch: LeaderEpoch, leader: NodeID)
  /// The log lost its tail. `highWatermark` is that of the replica before the truncation.
  case truncated(TopicPartition, from: Offset, to: Offset, highWatermark: Offset, reason: TruncationReason)
  case highWatermarkMoved(TopicPartition, from: Offset, to: Offset)
  /// A leader asked the controller for another ISR, or had its wish refused.
  case isrProposed(TopicPartition, [NodeID])
  case isrRefused(TopicPartition, [NodeID], error: Int16)
  /// A log was opened after an end that was not clean.
  case logRecovered(TopicPartition, logEndOffset: Offset, bytesCut: Int)
  /// Records that `flush.messages` held back are on the platter up to here.
  case synced(TopicPartition, upTo: Offset)
  case diskFailed(DiskError, path: String)
  /// Records went by rule: the first offset that may be read moved, or segments below it were deleted, or both. `segments` are the base offsets
  /// of those that were deleted.
  case recordsDeleted(TopicPartition, from: Offset, to: Offset, rule: DeletionRule, segments: [Offset])

  /// A leader wrote how a producer's transaction ended on a partition.
  case markerWritten(TopicPartition, producerID: Int64, producerEpoch: Int16, isCommit: Bool, at: Offset)

  /// A pass of the log cleaner came to its end: of each key that was written in the offsets it was about, older records are gone.
  case compacted(TopicPartition, Compaction)

  // A coordinator of groups, told while there are groups.
  /// A broker has read the groups of a partition of `__consumer_offsets` and decides about them from now on; or does so no more.
  case groupsLoaded(TopicPartition)
  case groupsUnloaded(TopicPartition)
  /// A group came to another state, generation or number of members, or its new coordinator tells where it stands. A rebalance has come to its end where it is stable
  /// again.
  case groupChanged(GroupStanding)
  case memberJoined(group: String, member: String)
  /// It asked for it.
  case memberLeft(group: String, member: String)
  /// The coordinator removed it.
  case memberEvicted(group: String, member: String, reason: EvictionReason)
  /// Somebody spoke for a member that is no more, or in a generation that is over, and was refused.
  case memberFenced(group: String, member: String, error: Int16)
  /// An offset of a group is committed in the coordinator's log.
  case offsetCommitted(group: String, TopicPartition, Offset)

  // A coordinator of transactions, told while there are transactional ids.
  /// A broker has read the transactional ids of a partition of `__transaction_state` and decides about them from now on; or does so no more.
  case transactionsLoaded(TopicPartition)
  case transactionsUnloaded(TopicPartition)
  /// What a record says of a transactional id is committed, or its new coordinator tells where it stands.
  case transactionChanged(TransactionStanding)
  /// A producer spoke for a transactional id in an epoch that is over, and was refused.
  case producerFenced(transactionalID: String, producerID: Int64, producerEpoch: Int16)
  /// A transaction was open for longer than its producer had asked for, and its coordinator aborts it: the epoch is the one that its producer had.
  case transactionTimedOut(transactionalID: String, producerID: Int64, producerEpoch: Int16)
  /// A client's request was answered with an error, or not at all. Most are made again by the client itself.
  ///
  /// - `api`: its key.
  /// - `reason`: Kafka's name of the error, or what became of the request; the same words for all that failed alike.
  case requestFailed(api: Int16, reason: String)
  /// A process with transactions can do no more with its producer, and makes another one.
  case producerFailed(reason: String)

  // A consumer.
  /// Its position moved by `auto.offset.reset`, or to where its log was cut (KIP-320): there was none, or it was no longer there.
  case offsetReset(group: String, TopicPartition, from: Offset?, to: Offset)

  /// Something that an operator should look at: data that was dropped or set aside and where it went, what a node waits for and cannot get.
  case warning(String)
  /// Anything else worth a line in the story.
  case note(String)

  /// Why a leader of the metadata log gave up.
  public enum ResignationReason: Sendable { case majorityLost, shutdown }

  /// What identifies a batch of the metadata log: two batches with the same offsets, epoch and checksum are the same.
  public struct MetadataCommit: Equatable, Sendable {
    public var baseOffset: Offset
    public var lastOffset: Offset
    public var epoch: LeaderEpoch
    /// The batch's own CRC-32C, which covers everything but its base offset and its epoch.
    public var checksum: UInt32

    public init(baseOffset: Offset, lastOffset: Offset, epoch: LeaderEpoch, checksum: UInt32) {
      self.baseOffset = baseOffset
      self.lastOffset = lastOffset
      self.epoch = epoch
      self.checksum = checksum
    }
  }

  public enum FencingReason: String, Sendable { case sessionExpired, requested, newIncarnation, controlledShutdown, processEnded }
  public enum Election: String, Sendable { case clean, unclean, preferred, fromEligible, lastKnown, none }
  /// By what rule records go that were committed. The raw values are what an operator knows them by.
  ///
  /// Source: Kafka's `LogStartOffsetIncrementReason` and the reasons of `UnifiedLog.deleteOldSegments`.
  public enum DeletionRule: String, Sendable {
    case retentionTime = "retention.ms"
    case retentionSize = "retention.bytes"
    case deleteRecords = "DeleteRecords"
    /// Segments that lie wholly below the log start offset, which another rule or the leader has set.
    case belowLogStart = "the log start offset"
  }

  /// What a pass of the log cleaner was about and what it left. Counts are of everything below `to`, which is written anew with each pass, and of what shares
  /// a segment with it.
  public struct Compaction: Hashable, Sendable {
    /// The part that was dirty.
    public var from = Offset(0)
    public var to = Offset(0)
    public var recordsBefore = 0
    public var recordsAfter = 0
    public var bytesBefore = 0
    public var bytesAfter = 0
    public var segmentsBefore = 0
    public var segmentsAfter = 0
    /// Newest records of their keys that had no value and lay behind their delete horizon.
    public var tombstonesRemoved = 0

    public init() {}
  }

  /// Where a group stands, as its coordinator sees it.
  public struct GroupStanding: Hashable, Sendable {
    public var group: String
    /// Kafka's name of it: `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Assigning`, `Reconciling`, `Stable`.
    public var state: String
    /// Of a classic group its generation, of one of KIP-848 its epoch.
    public var generation: Int32
    public var members: Int

    public init(group: String, state: String, generation: Int32, members: Int) {
      self.group = group
      self.state = state
      self.generation = generation
      self.members = members
    }

    public var isStable: Bool { state == "Stable" }
    public var isEmpty: Bool { state == "Empty" }
  }

  /// Where a transactional id stands, as its coordinator sees it.
  public struct TransactionStanding: Hashable, Sendable {
    public var transactionalID: String
    public var producerID: Int64
    public var producerEpoch: Int16
    /// Kafka's name of it: `Empty`, `Ongoing`, `PrepareCommit`, `PrepareAbort`, `CompleteCommit`, `CompleteAbort`.
    public var state: String
    /// Those that the transaction is about which is open or ends.
    public var partitions: [TopicPartition]

    public init(transactionalID: String, producerID: Int64, producerEpoch: Int16, state: String, partitions: [TopicPartition]) {
      self.transactionalID = transactionalID
      self.producerID = producerID
      self.producerEpoch = producerEpoch
      self.state = state
      self.partitions = partitions
    }
  }

  /// Why a coordinator removes a member that did not ask for it.
  public enum EvictionReason: String, Sendable {
    /// No heartbeat for a whole session.
    case sessionTimeout
    /// It did not join the next generation in time, or did not give partitions back.
    case rebalanceTimeout
    /// It did not ask for its assignment in time (KAFKA-13435).
    case syncTimeout
    /// The group has more members than `group.max.size`.
    case groupTooLarge
  }

  public enum TruncationReason: String, Sendable { case highWatermark, leaderEpoch, divergingEpoch, recovery, outOfRange, quorum }
}
