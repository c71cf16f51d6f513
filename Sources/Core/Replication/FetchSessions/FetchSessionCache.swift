import Primitives
import Wire

/// The fetch sessions of a broker, as many as `max.incremental.fetch.session.cache.slots`.
///
/// When all slots are taken a new session takes the place of one that was not used for two minutes; else of a smaller one, where a
/// follower's counts for more than any consumer's, and nothing younger than two minutes loses its place to its like. A client that
/// gets no session makes full requests, which are always right.
///
/// Kafka counts sessions alone. Each may name as many partitions as requests have room for, whether they exist or not, and a slot would hold as
/// much memory as its client likes; so partitions are counted too, those of all sessions together.
final class FetchSessionCache {
  let slots: Int
  /// Whether responses of sessions name partitions of which nothing but the high watermark has changed (KAFKA-8443).
  let includesHighWatermarkChanges: Bool
  /// Whether what was told along with a divergence is told again.
  let repeatsAfterDivergence: Bool
  /// In the order of their opening.
  var all: [FetchSession] = []
  var byID: [Int32: FetchSession] = [:]
  private let mostPartitions: Int
  /// Of all sessions.
  private(set) var partitionCount = 0
  /// Kept for the next fetch.
  var roomForReads: ContiguousArray<TargetRead> = []
  var roomForTopics = TopicRoom<FetchResponse.FetchableTopicResponse>()

  /// Kafka's `min.incremental.fetch.session.eviction.ms`.
  private static let evictionAge = Duration.seconds(120)

  /// A thousand of them take about a third of a megabyte.
  static let mostPartitions = 1_000_000

  init(slots: Int, includesHighWatermarkChanges: Bool = true, repeatsAfterDivergence: Bool = false, mostPartitions: Int = FetchSessionCache.mostPartitions) {
    self.slots = slots
    self.includesHighWatermarkChanges = includesHighWatermarkChanges
    self.repeatsAfterDivergence = repeatsAfterDivergence
    self.mostPartitions = mostPartitions
  }

  subscript(id: Int32) -> FetchSession? { byID[id] }

  func remove(_ id: Int32) {
    guard let session = byID.removeValue(forKey: id) else { return }
    all.removeAll { $0 === session }
    partitionCount -= session.targets.count
    session.end()
  }

  /// Notes that a session has more partitions than before, or less.
  /// - Returns: false where these are too many and the session is over: its client learns that there is none, and asks for another.
  func noteChange(of session: FetchSession, by count: Int) -> Bool {
    partitionCount += count
    guard count > 0, partitionCount > mostPartitions else { return true }
    remove(session.id)
    return false
  }

  /// A new session, or nil where none has to give way.
  func create(
    for parameters: FetchParameters, targets: ContiguousArray<FetchTarget>, now: Instant, random: inout RandomStream
  ) -> FetchSession? {
    guard !targets.isEmpty, targets.count <= mostPartitions else { return nil }
    while all.count >= slots || partitionCount + targets.count > mostPartitions {
      guard let victim = victim(for: parameters.isFromFollower, size: targets.count, now: now) else { return nil }
      remove(victim.id)
    }
    let session = FetchSession(id: newID(&random), parameters: parameters, targets: targets, now: now)
    all.append(session)
    byID[session.id] = session
    partitionCount += targets.count
    return session
  }

  private func newID(_ random: inout RandomStream) -> Int32 {
    while true {
      let id = Int32(truncatingIfNeeded: random.next() & 0x7fff_ffff)
      if id != 0, byID[id] == nil { return id }
    }
  }

  /// Looked for only when the cache is full: then every session is looked at.
  private func victim(for isPrivileged: Bool, size: Int, now: Instant) -> FetchSession? {
    if let stalest = all.min(by: { $0.lastUsed < $1.lastUsed }), now - stalest.lastUsed > Self.evictionAge { return stalest }
    let smallest = all.filter { session in
      now - session.created > Self.evictionAge || (isPrivileged && !session.isPrivileged)
    }.min { rank(of: $0) < rank(of: $1) }
    guard let smallest, rank(of: smallest) < (isPrivileged ? 1 : 0, size, 0) else { return nil }
    return smallest
  }

  private func rank(of session: FetchSession) -> (Int, Int, Int32) {
    (session.isPrivileged ? 1 : 0, session.targets.count, session.id)
  }
}
