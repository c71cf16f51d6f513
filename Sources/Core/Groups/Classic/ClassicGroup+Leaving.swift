import Coordination
import Primitives
import Wire

extension ClassicGroup {
  /// Removes the members that a LeaveGroup names: the senders themselves, or members that an operator names only by instance id (KIP-345).
  ///
  /// Source: Kafka's `GroupMetadataManager.classicGroupLeaveToClassicGroup`.
  mutating func leave(_ request: LeaveGroupRequest, _ desk: inout GroupDesk) -> (LeaveGroupResponse, ClassicWrite) {
    var response = LeaveGroupResponse()
    response.members = request.members.map { member in
      var entry = LeaveGroupResponse.MemberResponse()
      entry.memberId = member.memberId
      entry.groupInstanceId = member.groupInstanceId
      entry.errorCode = leave(member, &desk)
      return entry
    }
    guard response.members.contains(where: { $0.errorCode == .none }) else { return (response, .nothing) }
    switch state {
    case .stable, .completingRebalance: return (response, rebalanceOrGoOn(&desk))
    case .preparingRebalance: return (response, goOnIfAllJoined(&desk))
    case .empty, .dead: return (response, .nothing)
    }
  }

  private mutating func leave(_ member: LeaveGroupRequest.MemberIdentity, _ desk: inout GroupDesk) -> ErrorCode {
    if member.memberId.isEmpty {
      guard let instance = member.groupInstanceId, let id = staticMembers[instance] else { return .unknownMemberId }
      removeHeld(id, &desk)
      desk.occurrences.append(.memberLeft(group: self.id, member: id))
      return .none
    }
    if pendingJoins[member.memberId] != nil {
      remove(member.memberId)
      return .none
    }
    let error = check(member: member.memberId, instance: member.groupInstanceId, desk.settings.switches)
    if error == .none {
      removeHeld(member.memberId, &desk)
      desk.occurrences.append(.memberLeft(group: id, member: member.memberId))
    }
    return error
  }

  /// Removes a member. Its held join or sync is answered with UNKNOWN_MEMBER_ID: a client that is still alive tries again.
  mutating func removeHeld(_ id: String, _ desk: inout GroupDesk) {
    if let ticket = members[id]?.joinTicket { desk.answer(ticket, JoinGroupResponse(.unknownMemberId, member: "")) }
    if let ticket = members[id]?.syncTicket { desk.answer(ticket, SyncGroupResponse(.unknownMemberId)) }
    remove(id)
  }

  /// Throws unless the group exists and is empty: only then may it be deleted.
  func checkDeletion() throws(Refusal) {
    if state == .dead { throw Refusal(.groupIdNotFound) }
    if !isEmpty { throw Refusal(.nonEmptyGroup) }
  }

  /// Ends this broker's coordination: held clients have to find the new coordinator.
  mutating func unload(_ answers: inout [GroupAnswer]) {
    refuseWaiting(.notCoordinator, &answers)
    joinWait = nil
    state = .dead
    earliestDeadline = .distantFuture
  }

  /// Answers all held requests with an error.
  mutating func refuseWaiting(_ error: ErrorCode, _ answers: inout [GroupAnswer]) {
    for id in members.keys {
      if let ticket = members[id]?.joinTicket {
        mark(.groupMovedWhileJoining)
        answers.append(.join(ticket: ticket, JoinGroupResponse(error, member: id)))
      }
      if let ticket = members[id]?.syncTicket {
        mark(.groupMovedWhileSyncing)
        answers.append(.sync(ticket: ticket, SyncGroupResponse(error)))
      }
      members[id]?.joinTicket = nil
      members[id]?.syncTicket = nil
    }
    awaitingJoins = 0
  }
}
