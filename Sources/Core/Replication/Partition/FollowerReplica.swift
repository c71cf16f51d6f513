import Primitives

/// How far a leader knows one of the other replicas to be.
public final class FollowerReplica {
  public let id: NodeID
  /// Where it last fetched from; `.unknown` before its first fetch.
  public private(set) var logEndOffset = Offset.unknown
  public private(set) var logStartOffset = Offset.unknown
  /// The life of the broker that fetched; nil before its first fetch, `.unknown` where the fetch named none.
  public private(set) var brokerEpoch: BrokerEpoch?
  private var caughtUp = Instant.longAgo
  /// The session by which it fetches, while nothing moves in this partition: each of its fetches finds the follower level with the leader,
  /// without a word about it. Unsafe: a session that ends has left all followers.
  private(set) unowned(unsafe) var restsIn: FetchSession?
  private var lastFetch = Instant.longAgo
  private var leaderEndOffsetAtLastFetch = Offset.unknown

  /// In the ISR that the controller committed, as far as this leader knows.
  public internal(set) var isInSync = false
  /// In any ISR that the controller may have committed.
  public internal(set) var isCounted = false

  init(id: NodeID) { self.id = id }

  /// The last moment at which it had everything that the leader had.
  public var lastCaughtUp: Instant { restsIn.map { max(caughtUp, $0.lastFetch) } ?? caughtUp }

  /// Lets the fetches of a session count for it until something moves. It has just fetched all there is.
  func rest(in session: FetchSession) { restsIn = session }

  /// Takes down what the session's fetches have said so far.
  func leave(_ session: FetchSession) {
    guard restsIn === session else { return }
    caughtUp = max(caughtUp, session.lastFetch)
    lastFetch = max(lastFetch, session.lastFetch)
    restsIn = nil
  }

  /// Starts over in a new leader epoch: nothing that was fetched before counts. An ISR member is given time from now on.
  func reset(at now: Instant, isInSync: Bool) {
    restsIn = nil
    logEndOffset = .unknown
    logStartOffset = .unknown
    brokerEpoch = nil
    leaderEndOffsetAtLastFetch = .unknown
    lastFetch = .longAgo
    caughtUp = isInSync ? now : .longAgo
  }

  /// Goes on in a new epoch of the same leader with what was fetched before.
  func carryOver(at now: Instant, isInSync: Bool, leaderEndOffset: Offset) {
    restsIn = nil
    leaderEndOffsetAtLastFetch = isInSync ? leaderEndOffset : 0
    lastFetch = isInSync ? now : .longAgo
    caughtUp = isInSync ? now : .longAgo
  }

  /// Takes note of a fetch. A follower is caught up when it asks for the leader's end, or for what was the end when it last asked.
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

  /// Whether it is, or was less than `maximumLag` ago, level with the leader.
  func isCaughtUp(to leaderEndOffset: Offset, at now: Instant, maximumLag: Duration) -> Bool {
    logEndOffset == leaderEndOffset || now - lastCaughtUp <= maximumLag
  }
}

extension Instant {
  /// Before anything that a run can see, with room for subtraction.
  static let longAgo = Instant(nanoseconds: .min / 2)
}
