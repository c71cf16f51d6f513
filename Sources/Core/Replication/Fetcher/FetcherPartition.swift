import Host
import Primitives
import Wire

/// One partition of a fetcher: where it stands with its leader.
///
/// It stays the same object while it comes and goes: what the session and a fetch under way know of it must outlive that.
///
/// It rests while the leader's session holds it as it stands. Whatever may change what it asks stirs it, so that a fetcher looks at few of many.
final class FetcherPartition: TakesTurns {
  let partition: Partition
  /// Requests name partitions in the order of their turns, which is that of their coming.
  let turn: Int
  // Unsafe: a fetcher lives as long as its manager, which owns all of this, and an ordinary unowned reference is counted at each use.
  unowned(unsafe) let fetcher: ReplicaFetcher
  /// The replica follows this fetcher's leader.
  var isActive = false { didSet { stir() } }
  /// The leader epoch in which it does.
  var leaderEpoch = LeaderEpoch.unknown { didSet { stir() } }
  var phase = Phase.fetching { didSet { stir() } }
  var fetchOffset = Offset(0) { didSet { stir() } }
  /// Fetches name the epoch of the last record, so that the leader says where the logs part (KIP-595).
  var namesLastEpoch = false { didSet { stir() } }
  /// Not to be asked for before this time, after an error.
  var delayedUntil: Instant? { didSet { stir() } }

  /// What the last fetch request, or an earlier one of the session, said about it.
  var sent = Position()
  /// The leader's session holds it.
  var isInSession = false
  private(set) var isResting = false

  enum Phase {
    case fetching
    /// The leader is to be asked where the last epoch ends (KIP-101).
    case truncating
    /// The fetch offset is outside of the leader's log: its end is to be asked for, then perhaps its start.
    case seekingEnd
    case seekingStart
    /// Nothing goes on before the next leader epoch.
    case failed
  }

  /// What a fetch request says about a partition.
  struct Position: Equatable {
    var leaderEpoch = LeaderEpoch.unknown
    var fetchOffset = Offset.unknown
    var lastFetchedEpoch = LeaderEpoch.unknown
    var logStartOffset = Offset.unknown
    /// The largest offset where the fetch does not say (KIP-1166).
    var highWatermark = Offset(.max)
  }

  /// Restless: to be put among those of its fetcher that are.
  init(_ partition: Partition, fetcher: ReplicaFetcher, turn: Int) {
    self.partition = partition
    self.fetcher = fetcher
    self.turn = turn
  }

  /// To be called when a request has asked for what it now asks for, and by whoever keeps it among the restless.
  func rest(_ isResting: Bool) { self.isResting = isResting }

  /// The fetcher looks at it before its next request.
  func stir() {
    guard isResting else { return }
    isResting = false
    fetcher.restless.append(self)
  }

  func isReady(for phase: Phase, at now: Instant) -> Bool {
    isActive && self.phase == phase && !isDelayed(at: now) && !waitsForSync
  }

  func isDelayed(at now: Instant) -> Bool { delayedUntil.map { $0 > now } ?? false }

  /// With `log.flush.interval.messages` records count once they are synced: the next fetch confirms them.
  var waitsForSync: Bool {
    guard isActive, let log = partition.log else { return false }
    return log.durableEndOffset < log.logEndOffset
  }

  /// Where the next fetch asks.
  var position: Position {
    var position = Position()
    position.leaderEpoch = leaderEpoch
    position.fetchOffset = fetchOffset
    position.logStartOffset = partition.logStartOffset
    // KIP-1166 gave this to the metadata log alone: a broker's fetcher does not say what it knows, and hears of the high watermark
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
