import Primitives
import Wire

/// One partition of a fetch: where it stands, and in a session also what its last response said (KIP-227).
///
/// A session's target rests where reading would find nothing that its client does not know. Its partition stirs it as soon as anything moves
/// there, and its client by naming it: so a fetch looks at what may have news, however many partitions its session has.
final class FetchTarget: TakesTurns {
  let key: FetchTargetKey
  /// The replica on this broker; nil where there is none, or none any more.
  private(set) var partition: Partition? {
    didSet { if let partition { topicName = partition.topicPartition.topic } }
  }
  /// The topic's name as far as it was ever known. What names an id goes on under this name when the topic is gone.
  var topicName: String?
  /// The session that it belongs to; nil in fetches without one. Unsafe: a session outlives its targets' part in it.
  private(set) unowned(unsafe) var session: FetchSession?
  private(set) var isResting = false
  /// The session reads its targets in ascending order of their turns.
  var turn = 0
  /// What a waiting fetch counts on to read of it. Of a resting target that is nothing.
  var countedBytes = 0

  private(set) var fetchOffset = Offset(0)
  private(set) var currentLeaderEpoch = LeaderEpoch.unknown
  private(set) var lastFetchedEpoch = LeaderEpoch.unknown
  private(set) var logStartOffset = Offset.unknown
  private(set) var maxBytes = 0
  /// What a follower knows of the high watermark; nil where it does not say (KIP-1166).
  private(set) var knownHighWatermark: Offset?

  /// What the session's client was told last.
  private var toldHighWatermark = Offset.unknown
  private var toldLogStartOffset = Offset.unknown
  /// The client took it out of its session.
  var isForgotten = false

  init(key: FetchTargetKey) { self.key = key }

  func update(_ request: FetchRequest.FetchPartition) {
    fetchOffset = Offset(request.fetchOffset)
    currentLeaderEpoch = LeaderEpoch(request.currentLeaderEpoch)
    lastFetchedEpoch = LeaderEpoch(request.lastFetchedEpoch)
    logStartOffset = Offset(request.logStartOffset)
    maxBytes = Int(max(0, request.partitionMaxBytes))
    knownHighWatermark = request.highWatermark == .max ? nil : Offset(request.highWatermark)
  }

  // MARK: The replica and the session

  func attach(to partition: Partition?) {
    if session != nil { self.partition?.sessionTargets.removeAll { $0 === self } }
    self.partition = partition
    if session != nil { partition?.sessionTargets.append(self) }
  }

  func enter(_ session: FetchSession) {
    self.session = session
    partition?.sessionTargets.append(self)
  }

  /// Leaves its session, and is stirred by nobody any more.
  func leave() {
    stir()
    partition?.sessionTargets.removeAll { $0 === self }
    session = nil
  }

  /// Whether a fetch of its session waits.
  @inline(__always)
  func isWaited(for who: FetchParameters.Origins) -> Bool { session.map { !$0.waitingOrigin.isDisjoint(with: who) } ?? false }

  /// To be called where a reading of its partition has found no news.
  func rest() {
    guard let session, let partition else { return }
    isResting = true
    partition.restingTargets += 1
    if let replicaID = session.followerID { partition.follower(replicaID)?.rest(in: session) }
  }

  /// The session's next fetch looks at it.
  func stir() {
    guard isResting, let session else { return }
    isResting = false
    session.restless.append(self)
    guard let partition else { return }
    partition.restingTargets -= 1
    if let replicaID = session.followerID { partition.follower(replicaID)?.leave(session) }
  }

  // MARK: News

  /// Whether an incremental response must name the partition: it carries something that the client does not know.
  func isNews(_ read: PartitionRead, namingHighWatermarkChanges: Bool) -> Bool {
    if !read.records.isEmpty || read.error != .none || read.divergence != nil || read.preferredReadReplica != .none { return true }
    // A follower that names a lower one is answered for that reason, so the answer must carry it (KIP-1166).
    if let knownHighWatermark, knownHighWatermark < read.highWatermark { return true }
    // KAFKA-8443: on an idle partition the client would otherwise never hear of the last high watermark.
    if namingHighWatermarkChanges, toldHighWatermark != read.highWatermark { return true }
    return toldLogStartOffset != read.logStartOffset
  }

  /// Whether the client was told everything that these say of an idle partition.
  @inline(__always)
  func wasTold(highWatermark: Offset, logStartOffset: Offset) -> Bool {
    toldHighWatermark == highWatermark && toldLogStartOffset == logStartOffset && knownHighWatermark.map { $0 >= highWatermark } ?? true
  }

  /// Takes note of what the response tells. After an error nothing counts as told, so that the partition is named when it is well again.
  ///
  /// - Parameter repeatsAfterDivergence: whether what is told along with a divergence counts as not told.
  func told(_ read: PartitionRead, repeatsAfterDivergence: Bool) {
    let isHeard = read.divergence == nil || !repeatsAfterDivergence
    toldHighWatermark = read.error == .none && isHeard ? read.highWatermark : .unknown
    toldLogStartOffset = isHeard ? read.logStartOffset : .unknown
  }
}

/// Names a partition as the client does: by topic id since version 13, by topic name before.
struct FetchTargetKey: Hashable {
  /// Empty where the client names an id.
  let topic: String
  /// Zero where the client names a name.
  let topicID: Uuid
  let partition: Int32

  func hash(into hasher: inout Hasher) {
    if !topic.isEmpty { hasher.combine(topic) }
    hasher.combine(TopicIDPartition(topicID, partition))
  }
}

/// What was read for one partition.
struct PartitionRead {
  var error = ErrorCode.none
  var highWatermark = Offset.unknown
  var lastStableOffset = Offset.unknown
  var logStartOffset = Offset.unknown
  var records = Bytes.empty
  /// There was more than these records to read, in another segment or beyond the limits: no use in waiting for more.
  var hasMore = false
  /// The largest epoch that both logs may share, and where it ends at the leader: the follower's log has left the leader's.
  var divergence: (epoch: LeaderEpoch, endOffset: Offset)?
  var abortedTransactions: [FetchResponse.AbortedTransaction]?
  var preferredReadReplica = NodeID.none

  /// Something that the client should hear of without waiting.
  var isUrgent: Bool { error != .none || divergence != nil || preferredReadReplica != .none || hasMore }
}
