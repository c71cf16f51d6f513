import Primitives
import Wire

/// One partition of a fetch: its offsets and, in a session, also what its last response said (KIP-227).
///
/// A session's target rests while reading it would find nothing that its client does not know. It becomes restless as soon as anything moves in its
/// partition, or its client names it in a request. So a fetch only visits targets that may have news, however many partitions its session has:
///
/// ```
/// session of follower 2 at leader 1, partition t-0         target    progress of follower 2, which is in sync
/// request names t-0 at 7: response has the high watermark  restless  at 7, caught up
/// request names nothing; visited: no news                  rests     at 7, caught up whenever the session fetches
/// more such requests: not visited                          rests     (`FollowerReplica.restsIn`)
/// leader appends record 7                                  restless  last caught up at the last of these requests
/// visited: response has record 7                           restless
/// request names t-0 at 8: high watermark moves to 8        restless  at 8, caught up
/// ```
final class FetchTarget: TakesTurns {
  let key: FetchTargetKey
  /// The replica on this broker; nil if there is none, or no longer.
  private(set) var partition: Partition? {
    didSet { if let partition { topicName = partition.topicPartition.topic } }
  }
  /// The topic's last known name. A target that names an id keeps this name when the topic is gone.
  var topicName: String?
  /// The session that it belongs to; nil in fetches without one.
  var session: FetchSession? { uncountedSession?.object }
  /// A session outlives its targets' part in it.
  private var uncountedSession: Uncounted<FetchSession>?
  private(set) var isResting = false
  /// It was laid to rest by the visit under way.
  var hasLeftVisit = false
  /// The session reads its targets in ascending order of their turns.
  var turn = 0
  /// How many bytes of it a waiting fetch counts as readable; zero for a resting target.
  var countedBytes = 0

  private(set) var fetchOffset = Offset(0)
  private(set) var currentLeaderEpoch = LeaderEpoch.unknown
  private(set) var lastFetchedEpoch = LeaderEpoch.unknown
  private(set) var logStartOffset = Offset.unknown
  private(set) var maxBytes = 0
  /// The high watermark that a follower knows; nil if it does not say (KIP-1166).
  private(set) var knownHighWatermark: Offset?

  /// What the session's client was last told.
  private var toldHighWatermark = Offset.unknown
  private var toldLogStartOffset = Offset.unknown
  /// Whether the client removed it from its session.
  var isForgotten = false

  init(key: FetchTargetKey) { self.key = key }

  /// Takes over what a request says.
  ///
  /// - Parameter repeatsAfterDivergence: Whether a client that asks in another leader epoch is told again where the leader stands: it lets answers of the former epoch go.
  func update(_ request: FetchRequest.FetchPartition, repeatsAfterDivergence: Bool) {
    if repeatsAfterDivergence, request.currentLeaderEpoch != currentLeaderEpoch.value { (toldHighWatermark, toldLogStartOffset) = (.unknown, .unknown) }
    fetchOffset = Offset(request.fetchOffset)
    currentLeaderEpoch = LeaderEpoch(request.currentLeaderEpoch)
    lastFetchedEpoch = LeaderEpoch(request.lastFetchedEpoch)
    logStartOffset = Offset(request.logStartOffset)
    maxBytes = Int(max(0, request.partitionMaxBytes))
    knownHighWatermark = request.highWatermark == .max ? nil : Offset(request.highWatermark)
  }

  // MARK: The replica and the session

  func attach(to partition: Partition?) {
    if isInSession { self.partition?.sessionTargets.removeAll { $0 === self } }
    self.partition = partition
    if isInSession { partition?.sessionTargets.append(self) }
  }

  func enter(_ session: FetchSession) {
    uncountedSession = Uncounted(session)
    partition?.sessionTargets.append(self)
  }

  /// Leaves its session: nothing makes it restless any more.
  func leave() {
    stir()
    partition?.sessionTargets.removeAll { $0 === self }
    uncountedSession = nil
  }

  /// The fetch of its session that waits, if it is of such an origin.
  @inline(__always)
  func fetchWaiting(for who: FetchParameters.Origins) -> Fetch? { uncountedSession?.with { $0.waitingOrigin.isDisjoint(with: who) ? nil : $0.waiting } ?? nil }

  @inline(__always) var isInSession: Bool { uncountedSession != nil }

  /// Lets the target rest. Call it when reading its partition has found no news.
  func rest() {
    guard let uncountedSession, let partition else { return }
    mustHold(
      wasTold(highWatermark: partition.highWatermark, logStartOffset: partition.logStartOffset)
        && (fetchOffset == partition.logEndOffset || uncountedSession.with { $0.followerID == nil }),
      "\(words) rests in a fetch session at \(fetchOffset), and its log goes from \(partition.logStartOffset) to \(partition.logEndOffset), with the high watermark "
        + "\(partition.highWatermark)")
    isResting = true
    partition.restingTargets += 1
    uncountedSession.with { session in
      if let replicaID = session.followerID { partition.follower(replicaID)?.rest(in: session) }
    }
  }

  /// Makes a resting target restless: the session's next fetch visits it.
  func stir() {
    guard isResting, let uncountedSession else { return }
    isResting = false
    uncountedSession.with { session in
      session.restless.append(self)
      guard let partition else { return }
      partition.restingTargets -= 1
      if let replicaID = session.followerID { partition.follower(replicaID)?.leave(session) }
    }
  }

  // MARK: News

  /// Whether an incremental response must include the partition because it contains something new to the client.
  func isNews(_ read: PartitionRead, namingHighWatermarkChanges: Bool) -> Bool {
    if !read.records.isEmpty || read.error != .none || read.divergence != nil || read.preferredReadReplica != .none { return true }
    // A follower with a lower high watermark is answered for that reason, so the response must include it (KIP-1166).
    if let knownHighWatermark, knownHighWatermark < read.highWatermark { return true }
    // KAFKA-8443: in an idle partition the client would otherwise never learn the last high watermark.
    if namingHighWatermarkChanges, toldHighWatermark != read.highWatermark { return true }
    return toldLogStartOffset != read.logStartOffset
  }

  /// Whether the client already knows these values of an idle partition.
  @inline(__always)
  func wasTold(highWatermark: Offset, logStartOffset: Offset) -> Bool {
    toldHighWatermark == highWatermark && toldLogStartOffset == logStartOffset && knownHighWatermark.map { $0 >= highWatermark } ?? true
  }

  /// Records what the response tells the client. After an error nothing counts as told, so that the partition is included once it works again.
  ///
  /// - Parameter repeatsAfterDivergence: Whether values that accompany a divergence count as not told.
  func told(_ read: PartitionRead, repeatsAfterDivergence: Bool) {
    let isHeard = read.divergence == nil || !repeatsAfterDivergence
    toldHighWatermark = read.error == .none && isHeard ? read.highWatermark : .unknown
    toldLogStartOffset = isHeard ? read.logStartOffset : .unknown
  }
}

/// Identifies a partition as the client does: by topic id since version 13, by topic name before.
struct FetchTargetKey: Hashable {
  /// Empty if the client uses ids.
  let topic: String
  /// Zero if the client uses names.
  let topicID: Uuid
  let partition: Int32

  func isOfSameTopic(as other: FetchTargetKey) -> Bool { topicID == other.topicID && topic == other.topic }

  func hash(into hasher: inout Hasher) {
    if !topic.isEmpty { hasher.combine(topic) }
    hasher.combine(TopicIDPartition(topicID, partition))
  }
}

/// The result of reading one partition.
struct PartitionRead {
  var error = ErrorCode.none
  var highWatermark = Offset.unknown
  var lastStableOffset = Offset.unknown
  var logStartOffset = Offset.unknown
  var records = Bytes.empty
  /// Whether more could be read, in another segment or beyond the limits, so that waiting is pointless.
  var hasMore = false
  /// The largest epoch that both logs may share, and its end at the leader, if the follower's log diverges.
  var divergence: (epoch: LeaderEpoch, endOffset: Offset)?
  var abortedTransactions: [FetchResponse.AbortedTransaction]?
  var preferredReadReplica = NodeID.none

  /// Whether the client should get this at once.
  var isUrgent: Bool { error != .none || divergence != nil || preferredReadReplica != .none || hasMore }
}
