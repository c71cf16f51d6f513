import Host
import Primitives
import Wire

/// One partition of a fetcher, and its state with respect to its leader.
///
/// The object survives when the replica stops following this leader and returns: the session and a fetch in flight may still refer to it.
///
/// It rests while the leader's session asks for exactly what is wanted. Every change of that makes it restless (`stir`), so that a fetcher visits
/// only a few of many partitions. `AssignedPartition` shows a schedule.
final class FetcherPartition: TakesTurns {
  let partition: Partition
  /// Requests name partitions in the order of their turns, which is that of their creation.
  let turn: Int
  // Unsafe: a fetcher lives as long as its manager, which owns all of this, and an ordinary unowned reference is counted at each use.
  unowned(unsafe) let fetcher: ReplicaFetcher
  /// Whether the replica follows this fetcher's leader.
  var isActive = false { didSet { stir() } }
  /// The leader epoch in which it follows.
  var leaderEpoch = LeaderEpoch.unknown { didSet { stir() } }
  var phase = Phase.fetching { didSet { stir() } }
  var fetchOffset = Offset(0) { didSet { stir() } }
  /// Whether fetches contain the epoch of the last record, so that the leader can report where the logs diverge (KIP-595).
  var namesLastEpoch = false { didSet { stir() } }
  /// After an error: no request before this time.
  var delayedUntil: Instant? { didSet { stir() } }

  /// What the last request of the session that named the partition said about it.
  var sent = Position()
  /// Whether it is in the leader's session.
  var isInSession = false
  private(set) var isResting = false

  enum Phase {
    case fetching
    /// The leader must be asked where the last epoch ends (KIP-101).
    case truncating
    /// The fetch offset is outside the leader's log: request the log's end, then perhaps its start.
    case seekingEnd
    case seekingStart
    /// Nothing happens before the next leader epoch.
    case failed
  }

  /// What a fetch request says about a partition.
  struct Position: Equatable {
    var leaderEpoch = LeaderEpoch.unknown
    var fetchOffset = Offset.unknown
    var lastFetchedEpoch = LeaderEpoch.unknown
    var logStartOffset = Offset.unknown
    /// The largest offset if the fetch does not state it (KIP-1166).
    var highWatermark = Offset(.max)
  }

  /// Makes a restless partition, which the caller must add to the fetcher's restless ones.
  init(_ partition: Partition, fetcher: ReplicaFetcher, turn: Int) {
    self.partition = partition
    self.fetcher = fetcher
    self.turn = turn
  }

  /// Sets whether it rests: call it when a request has asked for exactly what is wanted, and when the fetcher keeps it among the restless ones.
  func rest(_ isResting: Bool) { self.isResting = isResting }

  /// Makes a resting partition restless: the fetcher visits it before its next request.
  func stir() {
    guard isResting else { return }
    isResting = false
    fetcher.restless.append(self)
  }

  func isReady(for phase: Phase, at now: Instant) -> Bool {
    isActive && self.phase == phase && !isDelayed(at: now) && !waitsForSync
  }

  func isDelayed(at now: Instant) -> Bool { delayedUntil.map { $0 > now } ?? false }

  /// Whether the next fetch waits for a sync: with `log.flush.interval.messages` records count once they are synced, and the next fetch confirms
  /// them.
  var waitsForSync: Bool {
    guard isActive, let log = partition.log else { return false }
    return log.durableEndOffset < log.logEndOffset
  }

  /// What the next fetch asks for.
  var position: Position {
    var position = Position()
    position.leaderEpoch = leaderEpoch
    position.fetchOffset = fetchOffset
    position.logStartOffset = partition.logStartOffset
    // KIP-1166 introduced this only for the metadata log: a broker's fetcher does not report the high watermark that it knows, and gets a newer one
    // with the next records, or when its wait is over (KAFKA-9731).
    if partition.switches.answerFollowerBehindHighWatermark { position.highWatermark = partition.highWatermark }
    if namesLastEpoch { position.lastFetchedEpoch = partition.log?.latestEpoch ?? .unknown }
    return position
  }

  func delay(until instant: Instant) { delayedUntil = instant }

  var now: Instant { fetcher.manager.reactor.now }
}

extension FetchRequest.FetchPartition {
  init(_ position: FetcherPartition.Position, partition: Int32, maxBytes: Int32) {
    self.init()
    self.partition = partition
    currentLeaderEpoch = position.leaderEpoch.value
    fetchOffset = position.fetchOffset.value
    lastFetchedEpoch = position.lastFetchedEpoch.value
    logStartOffset = position.logStartOffset.value
    partitionMaxBytes = maxBytes
    highWatermark = position.highWatermark.value
  }
}
