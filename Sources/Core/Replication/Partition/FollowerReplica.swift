import Primitives

/// How far a leader knows one of the other replicas to be.
public final class FollowerReplica {
  public let id: NodeID
  /// Where it last fetched from; `.unknown` before its first fetch.
  public private(set) var logEndOffset = Offset.unknown
  public private(set) var logStartOffset = Offset.unknown
  /// The life of the broker that fetched; nil before its first fetch, `.unknown` where the fetch named none.
  public private(set) var brokerEpoch: BrokerEpoch?
  /// The last moment at which it had everything that the leader had.
  public private(set) var lastCaughtUp = Instant.longAgo
  private var lastFetch = Instant.longAgo
  private var leaderEndOffsetAtLastFetch = Offset.unknown

  /// In the ISR that the controller committed, as far as this leader knows.
  public internal(set) var isInSync = false
  /// In any ISR that the controller may have committed.
  public internal(set) var isCounted = false

  init(id: NodeID) { self.id = id }

  /// Starts over in a new leader epoch: nothing that was fetched before counts. An ISR member is given time from now on.
  func reset(at now: Instant, isInSync: Bool) {
    logEndOffset = .unknown
    logStartOffset = .unknown
    brokerEpoch = nil
    leaderEndOffsetAtLastFetch = .unknown
    lastFetch = .longAgo
    lastCaughtUp = isInSync ? now : .longAgo
  }

  /// Goes on in a new epoch of the same leader with what was fetched before.
  func carryOver(at now: Instant, isInSync: Bool, leaderEndOffset: Offset) {
    leaderEndOffsetAtLastFetch = isInSync ? leaderEndOffset : 0
    lastFetch = isInSync ? now : .longAgo
    lastCaughtUp = isInSync ? now : .longAgo
  }

  /// Takes note of a fetch. A follower is caught up when it asks for the leader's end, or for what was the end when it last asked.
  func fetched(from offset: Offset, logStartOffset: Offset, at now: Instant, leaderEndOffset: Offset, brokerEpoch: BrokerEpoch) {
    if offset >= leaderEndOffset {
      lastCaughtUp = max(lastCaughtUp, now)
    } else if offset >= leaderEndOffsetAtLastFetch {
      lastCaughtUp = max(lastCaughtUp, lastFetch)
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
