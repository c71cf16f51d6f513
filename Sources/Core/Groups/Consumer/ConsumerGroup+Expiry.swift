import Coordination
import Host
import Primitives
import Wire

extension ConsumerGroup {
  /// When `expire` is to be called next. May be early, never late.
  public var nextDeadline: Instant { timers.next }

  /// Begins the deadlines of a group that was read from the log (`GroupMetadataManager.onLoaded`): every member gets a whole session.
  public mutating func startTimers(settings: ConsumerGroupSettings, at now: Instant) {
    timers = ConsumerGroupTimers()
    for member in members.values {
      let timeout = member.classic.map { Duration.milliseconds(Int64($0.sessionTimeoutMs)) } ?? settings.sessionTimeout
      timers.session(of: member.id, until: now + timeout)
      timers.track(member, at: now)
    }
  }

  /// Decides about one thing that is due: a member that was not heard from or has not given back what it should is taken out, patterns are resolved. What it
  /// decides is applied before the next call; while `nextDeadline` has come there is more. Empty where nothing has to be written.
  ///
  /// - Parameter evicts: is told of a member that is taken out.
  public mutating func expire(
    topics: any TopicsOfGroups, at now: Instant, wallClock: Timestamp, evicts: (String, Occurrence.EvictionReason) -> Void = { _, _ in }
  ) throws(Refusal) -> [CoordinatorRecord] {
    switch timers.takeDue(at: now, in: self) {
    case nil: return []
    case .patterns: return try resolvePatterns(topics: topics, at: wallClock)
    case .session(let member):
      let records = try withoutMembers([member], topics: topics)
      if !records.isEmpty { evicts(member, .sessionTimeout) }
      return records
    case .revocation(let member):
      let records = try withoutMembers([member], topics: topics)
      if !records.isEmpty { evicts(member, .rebalanceTimeout) }
      return records
    }
  }
}
