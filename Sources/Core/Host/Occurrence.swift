import Primitives

/// What happened inside a node that an observer may care about.
///
/// Scenario schedules wait for these (`election(t-0)`), expectations name them (`seen: [isr-shrink]`), the story prints them, and
/// white-box invariants are checked when they occur. They only describe: a node never reads them back.
public enum Occurrence: Sendable {
  // The controller.
  case brokerRegistered(NodeID, BrokerEpoch, cleanShutdown: Bool)
  case brokerFenced(NodeID, reason: FencingReason)
  case brokerUnfenced(NodeID)
  case topicCreated(String, Uuid, partitions: Int)
  case topicDeleted(String, Uuid)
  /// The controller committed a new leader; `.none` means that the partition is offline.
  case leaderElected(TopicPartition, leader: NodeID, epoch: LeaderEpoch, isr: [NodeID], election: Election)
  /// The committed ISR or ELR of a partition changed.
  case isrChanged(TopicPartition, from: [NodeID], to: [NodeID], eligible: [NodeID])
  /// A node became the leader of the metadata log.
  case controllerElected(NodeID, epoch: LeaderEpoch)
  /// A node that led the metadata log gave that up by itself: it did not hear from a majority of the voters, it shuts down, or it is no voter any more.
  case controllerResigned(NodeID, epoch: LeaderEpoch, reason: ResignationReason)
  /// A replica of the metadata log gives its vote in an epoch to a candidate, or to itself: from now on the candidate may count it.
  case voteGiven(MetadataVote)
  /// A replica of the metadata log hands the next committed batch to its node.
  case metadataCommitted(MetadataCommit)
  /// A replica of the metadata log appended a record of the quorum's voters (KIP-853): from then on they are the voters at this replica, unless it truncates
  /// the record.
  case votersAppended(VoterSetChange)
  /// A replica of the metadata log hands on, as committed, a record of the quorum's voters. A replica that starts again tells again what is in its log.
  case votersCommitted(VoterSetChange)

  // A replica of the metadata log.
  /// A snapshot of everything below `end` is on the platter.
  case metadataSnapshotTaken(end: Offset, epoch: LeaderEpoch, bytes: Int)
  /// A snapshot took the place of all metadata that the node had: its own when it started, or one of the leader's.
  case metadataSnapshotLoaded(end: Offset, epoch: LeaderEpoch)

  // A replica.
  case becameLeader(TopicPartition, epoch: LeaderEpoch, startOffset: Offset)
  case becameFollower(TopicPartition, epoch: LeaderEpoch, leader: NodeID)
  /// The log lost its tail. `highWatermark` is the replica's high watermark before the truncation.
  case truncated(TopicPartition, from: Offset, to: Offset, highWatermark: Offset, reason: TruncationReason)
  case highWatermarkMoved(TopicPartition, from: Offset, to: Offset)
  /// A leader asked the controller for a different ISR, or its request was refused.
  case isrProposed(TopicPartition, [NodeID])
  case isrRefused(TopicPartition, [NodeID], error: Int16)
  /// A log was opened after an unclean shutdown.
  case logRecovered(TopicPartition, logEndOffset: Offset, bytesCut: Int)
  /// Records that `flush.messages` held back are on the platter up to here.
  case synced(TopicPartition, upTo: Offset)
  case diskFailed(DiskError, path: String)
  /// Records were deleted by a rule: the first readable offset moved, or segments below it were deleted, or both.
  case recordsDeleted(TopicPartition, from: Offset, to: Offset, rule: DeletionRule, segments: [DeletedSegment])

  /// A leader took a batch with a sequence other than the first, of a producer that it did not know.
  case sequenceBegunLate(TopicPartition, producerID: Int64)
  /// A leader refused a batch that it has: after a restart it knows only the last batch of the producer, as snapshots of producers have no more.
  case duplicateForgotten(TopicPartition, producerID: Int64)
  /// A leader wrote how a producer's transaction ended on a partition.
  case markerWritten(TopicPartition, producerID: Int64, producerEpoch: Int16, isCommit: Bool, at: Offset)

  /// A pass of the log cleaner ended: for each key that was written in its range of offsets, older records are gone.
  case compacted(TopicPartition, Compaction)

  // A group coordinator, reported while there are groups.
  /// A broker has read the groups of a partition of `__consumer_offsets` and now coordinates them, or has stopped doing so.
  case groupsLoaded(TopicPartition)
  case groupsUnloaded(TopicPartition)
  /// A group changed its state, generation or number of members, or its new coordinator reports its state. A rebalance is over once the group is
  /// stable again.
  case groupChanged(GroupStanding)
  case memberJoined(group: String, member: String)
  /// The member asked to leave.
  case memberLeft(group: String, member: String)
  /// The coordinator removed the member.
  case memberEvicted(group: String, member: String, reason: EvictionReason)
  /// A request named a member that no longer exists, or a generation that is over, and was refused.
  case memberFenced(group: String, member: String, error: Int16)
  /// A group's offset is committed in the coordinator's log.
  case offsetCommitted(group: String, TopicPartition, Offset)

  // A transaction coordinator, reported while there are transactional ids.
  /// A broker has read the transactional ids of a partition of `__transaction_state` and now coordinates them, or has stopped doing so.
  case transactionsLoaded(TopicPartition)
  case transactionsUnloaded(TopicPartition)
  /// A record about a transactional id is committed, or its new coordinator reports its state.
  case transactionChanged(TransactionStanding)
  /// A producer used a transactional id with an epoch that is over, and was refused.
  case producerFenced(transactionalID: String, producerID: Int64, producerEpoch: Int16)
  /// A transaction was open for longer than its producer had allowed, and its coordinator aborts it: the epoch is the one that its producer had.
  case transactionTimedOut(transactionalID: String, producerID: Int64, producerEpoch: Int16)
  /// A client's request was answered with an error, or not at all. The client retries most of these itself.
  ///
  /// - `api`: The API key.
  /// - `reason`: Kafka's name of the error, or what became of the request; always the same words for the same kind of failure.
  case requestFailed(api: Int16, reason: String)
  /// A transactional process cannot use its producer any more, and makes a new one.
  case producerFailed(reason: String)

  /// A producer's batch was acknowledged before an earlier one of it.
  case batchOvertook(TopicPartition, producerID: Int64)

  // A consumer.
  /// A consumer's position moved by `auto.offset.reset`, or to where its log was truncated (KIP-320): it had no position, or the position no
  /// longer existed.
  case offsetReset(group: String, TopicPartition, from: Offset?, to: Offset)

  /// Something that an operator should look at: data that was dropped or set aside and where it went, or what a node waits for and cannot get.
  case warning(String)
  /// Anything else worth a line in the story.
  case note(String)

  /// Why a leader of the metadata log gave up.
  public enum ResignationReason: Sendable { case majorityLost, shutdown, removed }

  /// A set of voters in the metadata log of a replica (KIP-853).
  public struct VoterSetChange: Equatable, Sendable {
    public struct Voter: Equatable, Sendable {
      public var id: NodeID
      /// The directory that its metadata log is in; nil where the record names none.
      public var directory: Uuid?

      public init(id: NodeID, directory: Uuid?) {
        self.id = id
        self.directory = directory
      }
    }

    /// The replica in whose log the record is.
    public var node: NodeID
    /// Of the leader that wrote the record.
    public var epoch: LeaderEpoch
    /// Of the record.
    public var offset: Offset
    /// In ascending order of their ids.
    public var voters: [Voter]

    public init(node: NodeID, epoch: LeaderEpoch, offset: Offset, voters: [Voter]) {
      self.node = node
      self.epoch = epoch
      self.offset = offset
      self.voters = voters
    }
  }

  /// A vote in an election of the metadata log's leader.
  public struct MetadataVote: Equatable, Sendable {
    public var candidate: NodeID
    public var epoch: LeaderEpoch
    /// Of the last record in the voter's log.
    public var lastEpoch: LeaderEpoch
    /// Of the voter's log.
    public var logEndOffset: Offset

    public init(candidate: NodeID, epoch: LeaderEpoch, lastEpoch: LeaderEpoch, logEndOffset: Offset) {
      self.candidate = candidate
      self.epoch = epoch
      self.lastEpoch = lastEpoch
      self.logEndOffset = logEndOffset
    }
  }

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
  /// The rule by which committed records are deleted. The raw values are the names that operators know.
  ///
  /// Source: Kafka's `LogStartOffsetIncrementReason` and the reasons of `UnifiedLog.deleteOldSegments`.
  public enum DeletionRule: String, Sendable {
    case retentionTime = "retention.ms"
    case retentionSize = "retention.bytes"
    case deleteRecords = "DeleteRecords"
    /// Segments that lie wholly below the log start offset, which another rule or the leader has set.
    case belowLogStart = "the log start offset"
  }

  public struct DeletedSegment: Hashable, Sendable {
    public var baseOffset: Offset
    /// The base offset of the segment behind it, or the end of the log.
    public var endOffset: Offset
    /// Of its records; below zero where none has a timestamp.
    public var newestTimestamp: Timestamp

    public init(baseOffset: Offset, endOffset: Offset, newestTimestamp: Timestamp) {
      self.baseOffset = baseOffset
      self.endOffset = endOffset
      self.newestTimestamp = newestTimestamp
    }
  }

  /// The range of a log cleaner pass and what the pass left. Counts cover everything below `to`, which each pass rewrites, and everything in
  /// the same segments.
  public struct Compaction: Hashable, Sendable {
    /// The start of the dirty part.
    public var from = Offset(0)
    public var to = Offset(0)
    public var recordsBefore = 0
    public var recordsAfter = 0
    public var bytesBefore = 0
    public var bytesAfter = 0
    public var segmentsBefore = 0
    public var segmentsAfter = 0
    /// Newest records of their keys that had no value and were past their delete horizon.
    public var tombstonesRemoved = 0

    public init() {}
  }

  /// The state of a group, as its coordinator sees it.
  public struct GroupStanding: Hashable, Sendable {
    public var group: String
    /// Kafka's name of the state: `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Assigning`, `Reconciling`, `Stable`.
    public var state: String
    /// The generation of a classic group, or the epoch of a KIP-848 group.
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

  /// The state of a transactional id, as its coordinator sees it.
  public struct TransactionStanding: Hashable, Sendable {
    public var transactionalID: String
    public var producerID: Int64
    public var producerEpoch: Int16
    /// Kafka's name of the state: `Empty`, `Ongoing`, `PrepareCommit`, `PrepareAbort`, `CompleteCommit`, `CompleteAbort`.
    public var state: String
    /// The partitions of the transaction that is open or ending.
    public var partitions: [TopicPartition]

    public init(transactionalID: String, producerID: Int64, producerEpoch: Int16, state: String, partitions: [TopicPartition]) {
      self.transactionalID = transactionalID
      self.producerID = producerID
      self.producerEpoch = producerEpoch
      self.state = state
      self.partitions = partitions
    }
  }

  /// Why a coordinator removes a member that did not ask to leave.
  public enum EvictionReason: String, Sendable {
    /// No heartbeat for a whole session.
    case sessionTimeout
    /// It did not join the next generation in time, or did not give up partitions in time.
    case rebalanceTimeout
    /// It did not ask for its assignment in time (KAFKA-13435).
    case syncTimeout
    /// The group has more members than `group.max.size`.
    case groupTooLarge
  }

  public enum TruncationReason: String, Sendable { case highWatermark, leaderEpoch, divergingEpoch, recovery, outOfRange, insideBatch, quorum, snapshot }
}
