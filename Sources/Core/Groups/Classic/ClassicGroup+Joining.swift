import Coordination
import Primitives
import Wire

/// A JoinGroup request, and what is known of its sender.
struct ClassicJoin {
  let request: JoinGroupRequest
  let client: GroupClient
  /// Identifies the request for its answer.
  let ticket: UInt64
  /// The id for a member that has none.
  let newMemberID: String
}

extension ClassicGroup {
  /// Handles a JoinGroup request, which is answered at once or when the generation starts.
  ///
  /// Source: Kafka's `GroupMetadataManager.classicGroupJoinToClassicGroup`.
  mutating func join(_ join: ClassicJoin, _ desk: inout GroupDesk) -> ClassicWrite {
    let memberID = join.request.memberId
    guard accepts(memberID, maxSize: Int(desk.settings.maxSize)) else {
      if members[memberID] != nil { desk.occurrences.append(.memberEvicted(group: id, member: memberID, reason: .groupTooLarge)) }
      mark(.groupFull)
      remove(memberID)
      desk.answer(join.ticket, JoinGroupResponse(.groupMaxSizeReached, member: ""))
      return .nothing
    }
    guard supports(join.request.protocolType, join.request.protocols) else {
      mark(.groupProtocolMismatch)
      desk.answer(join.ticket, JoinGroupResponse(.inconsistentGroupProtocol, member: memberID))
      return .nothing
    }
    return memberID.isEmpty ? joinAsStranger(join, &desk) : joinAsMember(join, &desk)
  }

  /// Whether there is room for a member. During a rebalance only members that have joined count, so that a group that has become too large loses the
  /// last ones to join.
  private func accepts(_ memberID: String, maxSize: Int) -> Bool {
    switch state {
    case .empty, .dead: true
    case .preparingRebalance: members[memberID]?.isAwaitingJoin == true || awaitingJoins < maxSize
    case .completingRebalance, .stable: members[memberID] != nil || members.count < maxSize
    }
  }

  private mutating func joinAsStranger(_ join: ClassicJoin, _ desk: inout GroupDesk) -> ClassicWrite {
    if let instance = join.request.groupInstanceId {
      guard let formerID = staticMembers[instance] else { return addMember(join, id: join.newMemberID, &desk) }
      return replace(formerID, join, instance, &desk)
    }
    // KIP-394: a member without an id is first given one, so that repeated attempts do not leave members behind.
    guard join.client.version >= 4 else { return addMember(join, id: join.newMemberID, &desk) }
    let end = desk.time.now + .milliseconds(Int64(join.request.sessionTimeoutMs))
    pendingJoins[join.newMemberID] = end
    addDeadline(end)
    desk.answer(join.ticket, JoinGroupResponse(.memberIdRequired, member: join.newMemberID))
    return .nothing
  }

  private mutating func joinAsMember(_ join: ClassicJoin, _ desk: inout GroupDesk) -> ClassicWrite {
    let id = join.request.memberId
    if pendingJoins[id] != nil, join.request.groupInstanceId == nil { return addMember(join, id: id, &desk) }
    var error = check(member: id, instance: join.request.groupInstanceId, desk.settings.switches)
    if error == .none, members[id] == nil { error = .unknownMemberId }
    guard error == .none, let member = members[id] else {
      mark(.memberRefusedToJoin)
      desk.reportFenced(id, of: self.id, error)
      desk.answer(join.ticket, JoinGroupResponse(error, member: id))
      return .nothing
    }
    switch state {
    case .preparingRebalance:
      return updateMember(id, join, &desk)
    case .completingRebalance:
      // The member may not have received the response to its join.
      guard member.protocols == join.request.protocols else { return updateMember(id, join, &desk) }
      mark(.joinRepeated)
      desk.answer(join.ticket, generationAnswer(for: id))
    case .stable:
      // A leader that rejoins wants a rebalance: its assignment may depend on more than the members' protocols.
      guard leader != id, member.protocols == join.request.protocols else { return updateMember(id, join, &desk) }
      desk.answer(join.ticket, generationAnswer(for: id, withMembers: false))
    case .empty, .dead:
      desk.answer(join.ticket, JoinGroupResponse(.unknownMemberId, member: id))
    }
    return .nothing
  }

  private mutating func addMember(_ join: ClassicJoin, id: String, _ desk: inout GroupDesk) -> ClassicWrite {
    let request = join.request
    var member = ClassicMember(
      id: id, instanceID: request.groupInstanceId, clientID: join.client.id, clientHost: join.client.host,
      rebalanceTimeout: request.rebalanceTimeout, sessionTimeout: request.sessionTimeoutMs, protocols: request.protocols)
    member.isNew = true
    member.joinTicket = join.ticket
    if state == .preparingRebalance, previousState == .empty {
      mark(.memberCameDuringFirstDelay)
      newMemberCame = true
    }
    add(member, protocolType: request.protocolType)
    desk.occurrences.append(.memberJoined(group: self.id, member: id))
    // The member cannot send heartbeats before it knows its id, and its connection is not read while its request is held.
    extendSession(of: id, by: desk.settings.newMemberJoinTimeout, at: desk.time.now)
    return rebalanceOrGoOn(&desk)
  }

  private mutating func updateMember(_ id: String, _ join: ClassicJoin, _ desk: inout GroupDesk) -> ClassicWrite {
    update(id, with: join, &desk)
    return rebalanceOrGoOn(&desk)
  }

  /// Applies what a member now says, and holds its request. The answer to a newer request also ends an older one that is held: its client has given
  /// up on it.
  private mutating func update(_ id: String, with join: ClassicJoin, _ desk: inout GroupDesk) {
    guard let place = members.index(forKey: id) else { return }
    let former = members.values[place]
    count(former.protocols, -1)
    members.values[place].protocols = join.request.protocols
    members.values[place].rebalanceTimeout = join.request.rebalanceTimeout
    members.values[place].sessionTimeout = join.request.sessionTimeoutMs
    members.values[place].joinTicket = join.ticket
    count(join.request.protocols, 1)
    if let ticket = former.joinTicket {
      mark(.joinReplaced)
      desk.answer(ticket, JoinGroupResponse(.unknownMemberId, member: ""))
    } else {
      awaitingJoins += 1
    }
  }

  // MARK: Static members

  /// Handles a static member that came back without its id. It gets a new one, and the previous one is fenced (KIP-345).
  private mutating func replace(_ formerID: String, _ join: ClassicJoin, _ instance: String, _ desk: inout GroupDesk) -> ClassicWrite {
    guard let former = members[formerID] else {
      desk.answer(join.ticket, JoinGroupResponse(.unknownMemberId, member: ""))
      return .nothing
    }
    let formerLeader = leader, newID = join.newMemberID
    mark(.staticMemberReplaced)
    rename(formerID, to: newID, &desk)
    desk.occurrences.append(.memberJoined(group: id, member: newID))
    update(newID, with: join, &desk)
    extendSession(of: newID, at: desk.time.now)
    switch state {
    case .stable:
      guard protocolName == selectProtocol() else { return rebalanceOrGoOn(&desk) }
      let back = StaticReturn(
        former: former, newID: newID, instanceID: instance, formerLeader: formerLeader, ticket: join.ticket,
        knowsSkippedAssignment: join.client.version >= 9)
      // If the new id was not recorded, the next coordinator only knew the previous one, and fenced the member.
      guard !desk.settings.switches.persistReplacedMemberID else { return .staticMember(back) }
      settle(back, nil, &desk)
      return .nothing
    case .completingRebalance:
      // The leader may assign partitions to the previous id.
      mark(.staticMemberBackDuringRebalance)
      return prepareRebalance(&desk)
    default:
      return goOnIfAllJoined(&desk)
    }
  }

  /// Renames a member in place, and fences requests that wait under the previous id.
  private mutating func rename(_ formerID: String, to newID: String, _ desk: inout GroupDesk) {
    guard let former = members[formerID] else { return }
    if former.joinTicket != nil || former.syncTicket != nil { desk.reportFenced(formerID, of: id, .fencedInstanceId) }
    if let ticket = former.joinTicket {
      desk.answer(ticket, JoinGroupResponse(.fencedInstanceId, member: formerID))
      awaitingJoins -= 1
    }
    if let ticket = former.syncTicket { desk.answer(ticket, SyncGroupResponse(.fencedInstanceId)) }
    members.removeValue(forKey: formerID)
    members[newID] = former.renamed(newID)
    pendingSyncs.remove(formerID)
    if leader == formerID { leader = newID }
    if let instance = former.instanceID { staticMembers[instance] = newID }
  }

  /// Handles the result of recording a static member's return.
  mutating func settle(_ back: StaticReturn, _ error: ErrorCode?, _ desk: inout GroupDesk) {
    guard let place = members.index(forKey: back.newID) else { return }
    if let error {
      if let ticket = members.values[place].joinTicket {
        awaitingJoins -= 1
        desk.answer(ticket, JoinGroupResponse(error, member: ""))
      }
      count(members.values[place].protocols, -1)
      members.removeValue(forKey: back.newID)
      pendingSyncs.remove(back.newID)
      var former = back.former
      former.joinTicket = nil
      former.syncTicket = nil
      members[former.id] = former
      count(former.protocols, 1)
      if leader == back.newID { leader = former.id }
      staticMembers[back.instanceID] = former.id
      extendSession(of: former.id, at: desk.time.now)
    } else if members.values[place].joinTicket == back.ticket {
      members.values[place].joinTicket = nil
      awaitingJoins -= 1
      var response = generationAnswer(for: back.newID)
      if back.knowsSkippedAssignment {
        // KIP-814: a leader that came back learns the members, but does not have to assign.
        response.skipAssignment = leader == back.newID
      } else {
        // A client that does not understand this must not believe that it leads, or it would assign (KAFKA-9752).
        response.members = []
        response.leader = back.formerLeader ?? ""
      }
      desk.answer(back.ticket, response)
    }
  }
}

extension ClassicMember {
  /// The same member under another id, without held requests.
  func renamed(_ id: String) -> ClassicMember {
    var member = ClassicMember(
      id: id, instanceID: instanceID, clientID: clientID, clientHost: clientHost, rebalanceTimeout: rebalanceTimeout,
      sessionTimeout: sessionTimeout, protocols: protocols)
    member.assignment = assignment
    return member
  }
}

extension JoinGroupRequest {
  /// Version 0 has no separate timeout (KIP-62).
  var rebalanceTimeout: Int32 { rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs }
}
