import Primitives
import Wire

extension ClassicGroup {
  mutating func rebalanceOrGoOn(_ desk: inout GroupDesk) -> ClassicWrite {
    canRebalance ? prepareRebalance(&desk) : goOnIfAllJoined(&desk)
  }

  mutating func prepareRebalance(_ desk: inout GroupDesk) -> ClassicWrite {
    if state == .completingRebalance {
      mark(.rebalanceInterrupted)
      propagateAssignments([:], .rebalanceInProgress, &desk)
    }
    pendingSyncs.removeAll()
    syncEnd = nil
    let isInitial = state == .empty
    move(to: .preparingRebalance, at: desk.time.wallClock)
    if isInitial {
      let delay = desk.settings.initialRebalanceDelay
      newMemberCame = false
      wait(.initial(until: desk.time.now + delay, delay: delay, remaining: max(rebalanceTimeout - delay, .zero)))
      return .nothing
    }
    if hasAllJoined { return completeJoin(&desk) }
    wait(.members(until: desk.time.now + rebalanceTimeout))
    return .nothing
  }

  private mutating func wait(_ wait: JoinWait) {
    joinWait = wait
    addDeadline(wait.until)
  }

  /// Continues if all members have joined. The first generation of a group that was empty waits its full time anyway.
  mutating func goOnIfAllJoined(_ desk: inout GroupDesk) -> ClassicWrite {
    state == .preparingRebalance && previousState != .empty && hasAllJoined ? completeJoin(&desk) : .nothing
  }

  /// Ends the wait for members.
  mutating func joinWaitEnded(_ desk: inout GroupDesk) -> ClassicWrite {
    guard case .initial(_, let delay, let remaining)? = joinWait, newMemberCame, remaining > .zero else { return completeJoin(&desk) }
    mark(.firstDelayExtended)
    newMemberCame = false
    let next = min(desk.settings.initialRebalanceDelay, remaining)
    wait(.initial(until: desk.time.now + next, delay: next, remaining: max(remaining - delay, .zero)))
    return .nothing
  }

  /// Starts the next generation with the members that have joined. Static members belong to it even if they have not.
  mutating func completeJoin(_ desk: inout GroupDesk) -> ClassicWrite {
    joinWait = nil
    guard state == .preparingRebalance else { return .nothing }
    let staying = members.values.reduce(0) { $0 + ($1.isAwaitingJoin || $1.instanceID != nil ? 1 : 0) }
    for member in members.values where !member.isAwaitingJoin && member.instanceID == nil {
      mark(.memberMissedRebalance)
      desk.occurrences.append(.memberEvicted(group: id, member: member.id, reason: .rebalanceTimeout))
      remove(member.id)
    }
    mustHold(members.count == staying, "group \(id): \(members.count) members go on to the next generation, and \(staying) have joined or are static")
    if !members.isEmpty, !electJoinedLeader() {
      // No member has joined, and the static members' sessions have not ended.
      mark(.onlyStaticMembersLeft)
      wait(.members(until: desk.time.now + rebalanceTimeout))
      return .nothing
    }
    requireLeader()
    generation = generation == .max ? 0 : generation + 1
    protocolName = members.isEmpty ? nil : selectProtocol()
    subscribedTopics = readSubscriptions()
    pendingSyncs.removeAll()
    guard !members.isEmpty else {
      move(to: .empty, at: desk.time.wallClock)
      return .emptyGroup
    }
    move(to: .completingRebalance, at: desk.time.wallClock)
    for id in members.keys {
      if let ticket = members[id]?.joinTicket {
        desk.answer(ticket, generationAnswer(for: id))
        members[id]?.joinTicket = nil
        awaitingJoins -= 1
      }
      if desk.settings.switches.countVanishedMember { members[id]?.isNew = false }
      extendSession(of: id, at: desk.time.now)
      pendingSyncs.append(id)
    }
    let end = desk.time.now + rebalanceTimeout
    syncEnd = end
    addDeadline(end)
    requireBegun(at: desk.time.now)
    return .nothing
  }

  /// Makes sure that the leader has joined. False if no member has.
  private mutating func electJoinedLeader() -> Bool {
    if let leader, members[leader]?.isAwaitingJoin == true { return true }
    guard let joined = members.values.first(where: \.isAwaitingJoin) else { return false }
    mark(.groupLeaderReplaced)
    leader = joined.id
    return true
  }

  /// What a member is told about the current generation; the leader also gets all members.
  func generationAnswer(for id: String, withMembers: Bool = true) -> JoinGroupResponse {
    var response = JoinGroupResponse(.none, member: id)
    response.generationId = generation
    response.protocolType = protocolType
    response.protocolName = protocolName
    response.leader = leader ?? ""
    guard withMembers, leader == id else { return response }
    response.members = members.values.map { member in
      var entry = JoinGroupResponse.JoinGroupResponseMember()
      entry.memberId = member.id
      entry.groupInstanceId = member.instanceID
      entry.metadata = member.metadata(of: protocolName)
      return entry
    }
    return response
  }
}
