import Host
import Primitives
import Wire

extension ClassicGroup {
  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    let waiting = members.values.reduce(0) { $0 + ($1.isAwaitingJoin ? 1 : 0) }
    check.require(waiting == awaitingJoins, "\(name): \(waiting) members wait for the others, \(awaitingJoins) are counted")
    check.require(leader.map { members[$0] != nil } ?? members.isEmpty, "\(name): the leader \(leader ?? "-") is no member")
    check.require(state != .empty || members.isEmpty, "\(name): it is empty, but has \(members.count) members")
    check.require(earliestDeadline <= exactDeadline, "\(name): something is due at \(exactDeadline), but the timer is set for \(earliestDeadline)")
    for (instance, id) in staticMembers {
      check.require(members[id]?.instanceID == instance, "\(name): \(id) is not the member of instance \(instance)")
    }
    for id in pendingSyncs { check.require(members[id] != nil, "\(name): \(id) is not a member, but has to ask for its assignment") }
    let isJoining = state == .preparingRebalance
    check.require(isJoining == (joinWait != nil), "\(name): \(state.rawValue), and it \(joinWait == nil ? "waits for nobody" : "waits for members")")
  }
}

/// What is checked in the middle of an event.
extension ClassicGroup {
  /// Checks a change of the group against what it was before.
  func requireStep(from former: (state: State, generation: Int32, memberCount: Int)) {
    guard state != .dead else { return }
    let isNext = generation != former.generation
    mustHold(
      !isNext || generation == (former.generation == .max ? 0 : former.generation + 1), "group \(id): generation \(generation) follows generation \(former.generation)")
    if former.state == .stable || former.state == .completingRebalance {
      mustHold(
        members.count == former.memberCount || isNext || state == .preparingRebalance,
        "group \(id): it had \(former.memberCount) members, has \(members.count), and stays \(state.rawValue) in generation \(generation)")
    }
    mustHold(
      state != .completingRebalance || isNext || former.state == .completingRebalance, "group \(id): its members have joined, and generation \(generation) is the former one")
    mustHold(
      state != .stable || former.state == .stable || former.state == .completingRebalance, "group \(id): it became \(state.rawValue) after \(former.state.rawValue)")
    let end = min(joinWait?.until ?? .distantFuture, syncEnd ?? .distantFuture)
    mustHold(earliestDeadline <= end, "group \(id): a wait ends at \(end), and the timer is set for \(earliestDeadline)")
  }

  /// Checks that a JoinGroup is held or answered.
  func requireAnswer(to join: ClassicJoin, _ desk: GroupDesk) {
    let memberID = join.request.memberId.isEmpty ? join.newMemberID : join.request.memberId
    guard members[memberID]?.joinTicket != join.ticket else { return }
    let isAnswered = desk.answers.contains { if case .join(join.ticket, _) = $0 { true } else { false } }
    mustHold(isAnswered, "group \(id): \(memberID) joins, and its request is neither held nor answered")
  }

  /// Checks that a SyncGroup is held or answered.
  func requireAnswer(to request: SyncGroupRequest, ticket: UInt64, _ desk: GroupDesk) {
    guard members[request.memberId]?.syncTicket != ticket else { return }
    let isAnswered = desk.answers.contains { if case .sync(ticket, _) = $0 { true } else { false } }
    mustHold(isAnswered, "group \(id): \(request.memberId) asks for its assignment, and its request is neither held nor answered")
  }

  /// Checks that the member that is to assign the partitions is told so.
  func requireLeader() {
    mustHold(
      members.isEmpty || leader.flatMap { members[$0] }?.isAwaitingJoin == true,
      "group \(id): \(leader ?? "nobody") is to lead the generation after \(generation), and has not joined")
  }

  /// Checks what a generation begins with.
  func requireBegun(at now: Instant) {
    mustHold(
      awaitingJoins == 0 && !members.values.contains(where: \.isAwaitingJoin), "group \(id): generation \(generation) has begun, and \(awaitingJoins) members wait to hear of it")
    mustHold(
      pendingSyncs.count == members.count, "group \(id): generation \(generation) has \(members.count) members, and \(pendingSyncs.count) have to ask for their assignment")
    mustHold(
      syncEnd.map { now <= $0 && earliestDeadline <= $0 } ?? false, "group \(id): nothing ends the wait for the members of generation \(generation)")
    if let protocolName {
      for member in members.values {
        mustHold(
          member.protocols.contains { $0.name == protocolName }, "group \(id): generation \(generation) uses \(protocolName), which \(member.id) does not know")
      }
    }
    requireSessions(from: now)
  }

  /// Checks that what is handed out was assigned in the present generation.
  func requirePresent(_ assigned: Int32) {
    mustHold(
      assigned == generation && state == .completingRebalance,
      "group \(id): what was assigned in generation \(assigned) is handed out, and it is \(state.rawValue) in generation \(generation)")
  }

  /// Checks that nobody waits for an assignment any longer.
  func requireNoSync() {
    for member in members.values {
      mustHold(member.syncTicket == nil, "group \(id): the partitions of generation \(generation) are assigned, and \(member.id) still waits for its own")
    }
  }

  /// Checks that a member that was heard from has its whole session before it.
  func requireSession(of memberID: String, from now: Instant) {
    guard let member = members[memberID] else { return }
    require(member, from: now)
  }

  func requireSessions(from now: Instant) {
    for member in members.values { require(member, from: now) }
  }

  private func require(_ member: ClassicMember, from now: Instant) {
    let left = member.sessionEnd.map { $0 - now }
    mustHold(
      left == .milliseconds(Int64(member.sessionTimeout)),
      "group \(id): the session of \(member.id) lasts \(left.map { "\($0)" } ?? "for ever") from now on, and its timeout is \(member.sessionTimeout) ms")
  }
}
