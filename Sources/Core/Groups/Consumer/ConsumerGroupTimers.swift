import Primitives

/// What a group's coordinator must remember but not record: the deadlines of the members.
struct ConsumerGroupTimers: Sendable {
  /// When each member must have sent its next heartbeat.
  private var sessions = SortedTable<Instant>()
  /// When members must have given up partitions.
  private var revocations = SortedTable<Revocation>()
  /// When members of the classic protocol that were told to rejoin must have done so, and when those that joined must have asked for their
  /// assignment.
  private var joins = SortedTable<Instant>()
  private var syncs = SortedTable<Instant>()
  private var patternsDue: Instant?
  /// The earliest instant at which something may be due. Postponing a deadline does not change it.
  private(set) var next = Instant.distantFuture

  struct Revocation: Sendable {
    let deadline: Instant
    /// The member has failed only if it is still in this epoch.
    let epoch: Int32
  }

  enum Due: Equatable {
    case patterns
    case session(String)
    case revocation(String)
    case join(String)
    case sync(String)

    /// The member that has failed.
    var member: String? {
      switch self {
      case .patterns: nil
      case .session(let member), .revocation(let member), .join(let member), .sync(let member): member
      }
    }
  }

  mutating func session(of member: String, until deadline: Instant) {
    sessions[member] = deadline
    next = min(next, deadline)
  }

  /// When a member must have sent its next heartbeat; nil if nothing waits for that.
  func sessionDeadline(of member: String) -> Instant? { sessions[member] }

  /// Starts or ends the time that a member has to give up partitions.
  mutating func track(_ member: ConsumerGroupMember, at now: Instant) {
    guard member.state == .unrevokedPartitions, !member.usesClassicProtocol else {
      revocations[member.id] = nil
      return
    }
    let deadline = now + member.rebalanceTimeout
    revocations[member.id] = Revocation(deadline: deadline, epoch: member.epoch)
    next = min(next, deadline)
  }

  /// When a member must have given up partitions; nil if it has none to give up.
  func revocationDeadline(of member: String) -> Instant? { revocations[member]?.deadline }

  /// Starts the time that a member of the classic protocol has to rejoin, unless it is already running.
  mutating func awaitJoin(of member: ConsumerGroupMember, at now: Instant) {
    guard joins[member.id] == nil else { return }
    let deadline = now + member.rebalanceTimeout
    joins[member.id] = deadline
    next = min(next, deadline)
  }

  /// Starts the time that a member of the classic protocol has to ask for its assignment after it joined.
  mutating func joined(_ member: ConsumerGroupMember, at now: Instant) {
    joins[member.id] = nil
    let deadline = now + member.rebalanceTimeout
    syncs[member.id] = deadline
    next = min(next, deadline)
  }

  mutating func synced(_ member: String) { syncs[member] = nil }

  mutating func refreshPatterns(at now: Instant) {
    patternsDue = now
    next = min(next, now)
  }

  /// Puts back what was due and could not be recorded, unless it was set anew meanwhile.
  mutating func postpone(_ due: Due, until deadline: Instant, in group: ConsumerGroup) {
    if let member = due.member, group.members[member] == nil { return }
    switch due {
    case .patterns: patternsDue = patternsDue ?? deadline
    case .session(let member): sessions[member] = sessions[member] ?? deadline
    case .revocation(let member):
      if revocations[member] == nil { revocations[member] = Revocation(deadline: deadline, epoch: group.members[member]?.epoch ?? ConsumerGroupMember.leaveEpoch) }
    case .join(let member): joins[member] = joins[member] ?? deadline
    case .sync(let member): syncs[member] = syncs[member] ?? deadline
    }
    next = min(next, deadline)
  }

  mutating func forget(_ member: String) {
    sessions[member] = nil
    revocations[member] = nil
    joins[member] = nil
    syncs[member] = nil
  }

  /// Takes out one due event, the earliest first; nil if there is none. Checks all deadlines: call it when `next` has come.
  mutating func takeDue(at now: Instant, in group: ConsumerGroup) -> Due? {
    var earliest = Instant.distantFuture
    var due: Due?
    func consider(_ deadline: Instant, _ candidate: Due) {
      if deadline < earliest { (earliest, due) = (deadline, candidate) }
    }
    if let patternsDue { consider(patternsDue, .patterns) }
    for member in sessions.entries { consider(member.value, .session(member.key)) }
    for member in revocations.entries { consider(member.value.deadline, .revocation(member.key)) }
    for member in joins.entries { consider(member.value, .join(member.key)) }
    for member in syncs.entries { consider(member.value, .sync(member.key)) }
    next = earliest
    guard earliest <= now, let due else { return nil }
    next = now
    switch due {
    case .patterns: patternsDue = nil
    case .session(let member):
      mark(.consumerSessionEnded)
      sessions[member] = nil
    case .join(let member): joins[member] = nil
    case .sync(let member): syncs[member] = nil
    case .revocation(let member):
      let epoch = revocations[member]?.epoch
      revocations[member] = nil
      if group.members[member]?.epoch != epoch { return takeDue(at: now, in: group) }
      mark(.revocationTimedOut)
    }
    return due
  }
}
