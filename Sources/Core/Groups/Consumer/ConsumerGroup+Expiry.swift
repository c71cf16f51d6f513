import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// Nothing is due before. May be early, never late.
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

  /// Takes over deadlines from the group that was decided about, when what it decided was applied here.
  mutating func takeSoftState(of group: ConsumerGroup) {
    timers = group.timers
    checkedTopics = group.checkedTopics
  }

  /// One thing that is due; nil where nothing is. What is decided about it is applied before the next is taken.
  mutating func takeDue(at now: Instant) -> ConsumerGroupTimers.Due? { nextDeadline <= now ? timers.takeDue(at: now, in: self) : nil }

  /// Decides about something that was due: a member that was not heard from, has not given back what it should, or has not joined again is taken out, patterns are
  /// resolved. Empty where nothing has to be written.
  mutating func settle(_ due: ConsumerGroupTimers.Due, topics: any TopicsOfGroups, at wallClock: Timestamp) throws(Refusal) -> [CoordinatorRecord] {
    guard let member = due.member else { return try resolvePatterns(topics: topics, at: wallClock) }
    return try withoutMembers([member], topics: topics)
  }
}
