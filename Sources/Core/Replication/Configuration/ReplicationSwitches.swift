/// Historic behaviours of replication, for trials that show the purpose of each fix. The defaults are those of Kafka 4.3.
///
/// Each switch is read in exactly one place, with an explanation.
public struct ReplicationSwitches: Hashable, Sendable {
  /// How a new follower finds where its log diverges from the leader's (KIP-101, KIP-279, KIP-595).
  public var truncation = Truncation.fetchDivergence
  /// A leader's answer about an epoch that it never saw (KIP-279).
  public var offsetForLeaderEpoch = OffsetForLeaderEpochAnswer.kip279
  /// Requests with a leader epoch other than the replica's are refused (KIP-320, KAFKA-7395).
  public var fetchChecksLeaderEpoch = true
  /// A leader waits for every replica that the controller may already have added to the ISR (KIP-497).
  public var leaderUsesMaximalISR = true
  /// A replica joins the ISR only when it has everything from before the leader's epoch (KAFKA-7128).
  public var requireLeaderEpochStartOffset = true
  /// A new leader records its epoch's first offset at once, not with the first record (KAFKA-7415).
  public var persistEpochOnBecomeLeader = true
  /// A follower truncates before it adopts the high watermark of the same response (KAFKA-14704).
  public var truncateBeforeHighWatermarkUpdate = true
  /// A response to a follower counts only in the leader epoch in which its request was sent (KAFKA-18991).
  public var matchEpochOfRequest = true
  /// A follower refuses batches with a newer epoch than that of its request (KAFKA-18723).
  public var rejectBatchesOfNewerEpoch = true
  /// A new leader does not report a latest offset while its high watermark is below its epoch's start (KIP-207).
  public var guardListOffsets = true
  /// Fenced and stopping brokers may not join the ISR (KIP-841), and earlier lives of a broker may not either (KIP-903).
  public var rejectFencedInISR = true
  /// A leader does not wait for caught-up replicas that may not join the ISR (KAFKA-15021).
  public var highWatermarkIgnoresIneligible = true
  /// The high watermark does not move while the ISR is smaller than min.insync.replicas (KAFKA-15583, KIP-966).
  public var highWatermarkNeedsMinimumISR = true
  /// ISR proposals and fetches contain the broker epochs of their replicas (KIP-903).
  public var sendBrokerEpochs = true
  /// A leader in a new epoch forgets the progress of replicas outside the ISR: they must fetch again before they may join.
  public var resetFollowersOnNewEpoch = true
  /// A follower's fetch contains the high watermark that it knows, and is answered as soon as there is a higher one (KIP-1166). Kafka does this only
  /// for the metadata log.
  public var answerFollowerBehindHighWatermark = false
  /// An incremental fetch response includes partitions in which only the high watermark moved (KIP-227, KAFKA-8443).
  public var sessionIncludesHighWatermarkChange = true
  /// After a follower was told that its log diverges, and has truncated it, it gets the leader's high watermark and log start offset again. In Kafka
  /// 4.3 its session considers them sent, although a follower uses only the divergence of that response (`CachedPartition.maybeUpdateResponseData`,
  /// and `processFetchRequest` of its replica fetcher): until they move, the follower may have uncommitted records below the leader's log start offset,
  /// and return them to consumers when it leads. The same goes for a response to a request of a former leader epoch, which the follower lets go (KAFKA-18991): a request in
  /// another epoch is answered with both again.
  public var sessionRepeatsAfterDivergence = false
  /// A follower whose log ends where its leader's starts, inside of a batch, begins anew where the batch does, although it holds records: they are deleted. In Kafka 4.3 only
  /// an empty log does so (`Partition.appendRecordsToFollowerOrFutureReplica`); another follower fails until the next leader epoch.
  public var restartsInsideBatch = false
  /// An incremental fetch must continue exactly from the session's current epoch (KIP-227).
  public var checkFetchSessionEpoch = true
  /// The error for a consumer that asks a follower for more than it has (KIP-392).
  public var followerFetchBeyondEnd = FollowerFetchBeyondEnd.outOfRange
  /// Whether consumers at `read_committed` read the record at the last stable offset, the first one of an open transaction. Redpanda's once did
  /// (#3036).
  public var lastStableOffset = StableEnd.exclusive
  /// A response to a fetch that waited lists aborted transactions, like one to a fetch that is answered at once (KAFKA-5376).
  public var abortedInPurgatory = true
  /// A leader sends consumers only to replicas in the ISR whose brokers are not fenced (KAFKA-14372, KAFKA-15390).
  public var nameOnlyActiveReplicas = true
  /// A consumer that waits at a follower is answered when the follower's high watermark moves (KAFKA-14334).
  public var wakeConsumersOfFollowers = true

  public init() {}

  public enum Truncation: String, CaseIterable, Sendable {
    /// To the high watermark, as before 0.11: loses records and makes logs diverge (KIP-101).
    case highWatermark
    /// To the end of its last epoch at the leader, from OffsetForLeaderEpoch (KIP-101, KIP-279).
    case leaderEpoch
    /// To the offset in the response to a fetch with the last fetched epoch (KIP-595).
    case fetchDivergence
  }

  public enum OffsetForLeaderEpochAnswer: String, CaseIterable, Sendable {
    /// The start offset of the first larger epoch.
    case kip101
    /// The largest known epoch that is not larger than the requested one, and its end.
    case kip279
  }

  public enum StableEnd: String, CaseIterable, Sendable {
    case exclusive, inclusive
  }

  public enum FollowerFetchBeyondEnd: String, CaseIterable, Sendable {
    /// OFFSET_OUT_OF_RANGE; clients since KIP-320 then ask the leader.
    case outOfRange
    /// OFFSET_NOT_AVAILABLE, as planned in KIP-392.
    case offsetNotAvailable
  }
}
