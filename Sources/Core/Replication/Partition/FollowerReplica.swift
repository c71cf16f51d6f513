import Primitives

/// A leader's knowledge of another replica's progress.
public final class FollowerReplica {
  public let id: NodeID
  /// The offset of its last fetch; `.unknown` before the first.
  public private(set) var logEndOffset = Offset.unknown
  public private(set) var logStartOffset = Offset.unknown
  /// The epoch of the broker that fetched; nil before its first fetch, `.unknown` if the fetch named none.
  public private(set) var brokerEpoch: BrokerEpoch?
  private var caughtUp = Instant.longAgo
  /// The session in which it fetches while nothing moves in this partition: each of its fetches then counts as a fetch at the leader's end, without
  /// naming the partition. Unsafe: a session that ends has left all followers.
  private(set) unowned(unsafe) var restsIn: FetchSession?
  private var lastFetch = Instant.longAgo
  private var leaderEndOffsetAtLastFetch = Offset.unknown

  /// Whether it is in the ISR that the controller committed, as far as this leader knows.
  public internal(set) var isInSync = false
  /// Whether it is in any ISR that the controller may have committed.
  public internal(set) var isCounted = false

  init(id: NodeID) { self.id = id }

  /// The last time at which it had everything that the leader had.
  public var lastCaughtUp: Instant { restsIn.map { max(caughtUp, $0.lastFetch) } ?? caughtUp }

  /// Makes the fetches of a session count for it until something moves. It has just fetched everything.
  func rest(in session: FetchSession) { restsIn = session }

  /// Records what the session's fetches have shown so far.
  func leave(_ session: FetchSession) {
    guard restsIn === session else { return }
    caughtUp = max(caughtUp, session.lastFetch)
    lastFetch = max(lastFetch, session.lastFetch)
    restsIn = nil
  }

  /// Starts over in a new leader epoch: earlier fetches do not count. The lag time of an ISR member starts now.
  func reset(at now: Instant, isInSync: Bool) {
    restsIn = nil
    logEndOffset = .unknown
    logStartOffset = .unknown
    brokerEpoch = nil
    leaderEndOffsetAtLastFetch = .unknown
    lastFetch = .longAgo
    caughtUp = isInSync ? now : .longAgo
  }

  /// Continues in a new epoch of the same leader with its progress so far.
  func carryOver(at now: Instant, isInSync: Bool, leaderEndOffset: Offset) {
    restsIn = nil
    leaderEndOffsetAtLastFetch = isInSync ? leaderEndOffset : 0
    lastFetch = isInSync ? now : .longAgo
    caughtUp = isInSync ? now : .longAgo
  }

  /// Records a fetch. A follower is caught up when it fetches at the leader's end, or at what was the end at its previous fetch.
  func fetched(from offset: Offset, logStartOffset: Offset, at now: Instant, leaderEndOffset: Offset, brokerEpoch: BrokerEpoch) {
    if let restsIn { leave(restsIn) }
    if offset >= leaderEndOffset {
      caughtUp = max(caughtUp, now)
    } else if offset >= leaderEndOffsetAtLastFetch {
      caughtUp = max(caughtUp, lastFetch)
    }
    logEndOffset = offset
    self.logStartOffset = logStartOffset
    leaderEndOffsetAtLastFetch = leaderEndOffset
    lastFetch = now
    self.brokerEpoch = brokerEpoch
  }

  /// Whether it is at the leader's end, or was less than `maximumLag` ago.
  func isCaughtUp(to leaderEndOffset: Offset, at now: Instant, maximumLag: Duration) -> Bool {
    logEndOffset == leaderEndOffset || now - lastCaughtUp <= maximumLag
  }
}

extension Instant {
  /// Earlier than anything in a run, with room for subtraction.
  static let longAgo = Instant(nanoseconds: .min / 2)
}
