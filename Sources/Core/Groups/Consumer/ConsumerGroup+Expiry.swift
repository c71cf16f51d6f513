import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// The earliest instant at which something may be due. May be too early, never too late.
  public var nextDeadline: Instant { timers.next }

  /// Starts the deadlines of a group that was read from the log (`GroupMetadataManager.onLoaded`): every member gets a whole session.
  public mutating func startTimers(settings: ConsumerGroupSettings, at now: Instant) {
    timers = ConsumerGroupTimers()
    for member in members.values {
      let timeout = member.classic.map { Duration.milliseconds(Int64($0.sessionTimeoutMs)) } ?? settings.sessionTimeout
      timers.session(of: member.id, until: now + timeout)
      timers.track(member, at: now)
      requireTimers(of: member, isMoved: true, session: timeout, from: now)
    }
  }

  /// Takes over the deadlines of the group on which a decision was made, once the decision was applied here.
  mutating func takeSoftState(of group: ConsumerGroup) {
    timers = group.timers
    checkedTopics = group.checkedTopics
  }

  /// Takes out one due event; nil if there is none. Its decision must be applied before the next one is taken.
  mutating func takeDue(at now: Instant) -> ConsumerGroupTimers.Due? { nextDeadline <= now ? timers.takeDue(at: now, in: self) : nil }

  /// Puts back a due event whose decision the log has refused, for 500 ms (`CoordinatorRuntime.EventBasedCoordinatorTimer`).
  mutating func retry(_ due: ConsumerGroupTimers.Due, at now: Instant) { timers.postpone(due, until: now + .milliseconds(500), in: self) }

  /// Decides about a due event: removes a member that was not heard from, did not give up partitions in time, or did not join again, or resolves
  /// patterns. Empty if nothing has to be recorded.
  mutating func settle(_ due: ConsumerGroupTimers.Due, topics: any TopicsOfGroups, at wallClock: Timestamp) throws(Refusal) -> [CoordinatorRecord] {
    guard let member = due.member else { return try resolvePatterns(topics: topics, at: wallClock) }
    return try withoutMembers([member], topics: topics)
  }
}
