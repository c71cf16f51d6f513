/// Historic behaviours of replication, for trials that show what each fix is for. The defaults are those of Kafka 4.3.
///
/// Each switch is read at exactly one place, where its story is told.
public struct ReplicationSwitches: Hashable, Sendable {
  /// How a new follower finds out where its log leaves the leader's (KIP-101, KIP-279, KIP-595).
  public var truncation = Truncation.fetchDivergence
  /// What a leader answers about an epoch that it never saw (KIP-279).
  public var offsetForLeaderEpoch = OffsetForLeaderEpochAnswer.kip279
  /// Requests that name another leader epoch than the replica's are refused (KIP-320, KAFKA-7395).
  public var fetchChecksLeaderEpoch = true
  /// A leader waits for every replica that the controller may already have taken into the ISR (KIP-497).
  public var leaderUsesMaximalISR = true
  /// A replica joins the ISR only when it holds everything from before the leader's epoch (KAFKA-7128).
  public var requireLeaderEpochStartOffset = true
  /// A new leader notes its epoch's first offset at once, not with the first record (KAFKA-7415).
  public var persistEpochOnBecomeLeader = true
  /// A follower truncates before it takes over the high watermark of the same response (KAFKA-14704).
  public var truncateBeforeHighWatermarkUpdate = true
  /// A response to a follower counts only in the leader epoch in which its request was sent (KAFKA-18991).
  public var matchEpochOfRequest = true
  /// A follower refuses batches of a newer epoch than the one in which it asked for them (KAFKA-18723).
  public var rejectBatchesOfNewerEpoch = true
  /// A new leader does not name a latest offset while its high watermark lags behind its epoch's start (KIP-207).
  public var guardListOffsets = true
  /// Fenced brokers and those that shut down may not join the ISR (KIP-841), nor may former lives of a broker (KIP-903).
  public var rejectFencedInISR = true
  /// A leader does not wait for caught-up replicas that may not join the ISR (KAFKA-15021).
  public var highWatermarkIgnoresIneligible = true
  /// The high watermark stands still while the ISR is smaller than min.insync.replicas (KAFKA-15583, KIP-966).
  public var highWatermarkNeedsMinimumISR = true
  /// ISR proposals and fetches name the broker epochs of the replicas they count on (KIP-903).
  public var sendBrokerEpochs = true
  /// A leader of a new epoch forgets how far replicas outside of the ISR had come: they must fetch again before they may join.
  public var resetFollowersOnNewEpoch = true
  /// A follower's fetch says what high watermark it knows, and is answered as soon as there is a higher one (KIP-1166). Kafka does so in
  /// the metadata log alone.
  public var answerFollowerBehindHighWatermark = false
  /// An incremental fetch response names partitions of which only the high watermark moved (KIP-227, KAFKA-8443).
  public var sessionIncludesHighWatermarkChange = true
  /// A follower that is told that its log diverges hears the leader's high watermark and log start offset again when it has cut it. In Kafka 4.3 its session takes them for told,
  /// although followers look at nothing but the divergence (`CachedPartition.maybeUpdateResponseData`, `AbstractFetcherThread.processFetchRequest`): until they move, a follower may hold
  /// records below the leader's log start offset that were never committed, and give them to consumers when it leads.
  public var sessionRepeatsAfterDivergence = false
  /// An incremental fetch must carry on exactly where the session stands (KIP-227).
  public var checkFetchSessionEpoch = true
  /// What a consumer hears that asks a follower for more than it has (KIP-392).
  public var followerFetchBeyondEnd = FollowerFetchBeyondEnd.outOfRange
  /// Whether consumers at `read_committed` read the record at the last stable offset, which is the first of an open transaction. Redpanda's once did (#3036).
  public var lastStableOffset = StableEnd.exclusive
  /// A fetch that waited names the aborted transactions among what it reads, as one that is answered at once does (KAFKA-5376).
  public var abortedInPurgatory = true

  public init() {}

  public enum Truncation: String, CaseIterable, Sendable {
    /// To the high watermark, before 0.11: loses and diverges (KIP-101).
    case highWatermark
    /// To the end of its last epoch at the leader, asked for with OffsetForLeaderEpoch (KIP-101, KIP-279).
    case leaderEpoch
    /// Where a fetch that names the last fetched epoch is told to (KIP-595).
    case fetchDivergence
  }

  public enum OffsetForLeaderEpochAnswer: String, CaseIterable, Sendable {
    /// The start offset of the first larger epoch.
    case kip101
    /// The largest epoch known that is not larger than the asked one, and its end.
    case kip279
  }

  public enum StableEnd: String, CaseIterable, Sendable {
    case exclusive, inclusive
  }

  public enum FollowerFetchBeyondEnd: String, CaseIterable, Sendable {
    /// OFFSET_OUT_OF_RANGE; clients since KIP-320 then ask the leader.
    case outOfRange
    /// OFFSET_NOT_AVAILABLE, as KIP-392 planned it.
    case offsetNotAvailable
  }
}
