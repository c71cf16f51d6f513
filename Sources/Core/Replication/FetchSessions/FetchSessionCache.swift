import Primitives
import Wire

/// The fetch sessions of a broker, up to `max.incremental.fetch.session.cache.slots`.
///
/// When all slots are taken, a new session replaces one that was not used for two minutes; otherwise a smaller one. A follower's session counts for
/// more than any consumer's, and a session younger than two minutes is not replaced by one of the same kind. A client that gets no session sends full
/// requests, which always work.
///
/// Kafka counts only sessions. Each may name as many partitions as fit into requests, whether they exist or not, so a slot could take any amount of
/// memory; therefore the partitions of all sessions together are limited too.
final class FetchSessionCache {
  let slots: Int
  /// Whether responses in sessions include partitions in which only the high watermark has changed (KAFKA-8443).
  let includesHighWatermarkChanges: Bool
  /// Whether values that accompanied a divergence are sent again.
  let repeatsAfterDivergence: Bool
  /// In the order of their creation.
  var all: [FetchSession] = []
  var byID: [Int32: FetchSession] = [:]
  private let mostPartitions: Int
  /// The number of partitions in all sessions.
  private(set) var partitionCount = 0
  /// Reused by the next fetch.
  var roomForReads: ContiguousArray<TargetRead> = []

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

  subscript(id: Int32) -> FetchSession? {
    guard all.count <= Self.few else { return byID[id] }
    // Faster than hashing.
    let all = all, sessions = all.span
    for index in sessions.indices where sessions[index].id == id { return sessions[index] }
    return nil
  }

  private static var few: Int { 8 }

  func remove(_ id: Int32) {
    guard let session = byID.removeValue(forKey: id) else { return }
    all.removeAll { $0 === session }
    partitionCount -= session.targets.count
    session.end()
  }

  /// Records that the number of a session's partitions has changed.
  /// - Returns: False if there are too many and the session was ended: its client learns that, and asks for a new one.
  func adjustCount(of session: FetchSession, by count: Int) -> Bool {
    partitionCount += count
    guard count > 0, partitionCount > mostPartitions else { return true }
    remove(session.id)
    return false
  }

  /// Creates a session; nil if there is no free slot and no session to replace.
  func create(
    for parameters: FetchParameters, targets: ContiguousArray<FetchTarget>, now: Instant, random: inout RandomStream
  ) -> FetchSession? {
    guard !targets.isEmpty, targets.count <= mostPartitions else { return nil }
    while all.count >= slots || partitionCount + targets.count > mostPartitions {
      guard let victim = victim(for: parameters.isFromFollower, size: targets.count, now: now) else {
        mark(.noRoomForFetchSession)
        return nil
      }
      mark(.fetchSessionEvicted)
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

  /// The session to replace. Called only when the cache is full: it checks every session.
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
