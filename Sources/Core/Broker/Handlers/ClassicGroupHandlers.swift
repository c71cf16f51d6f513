import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles JoinGroup: held until the generation starts.
  func handleJoinGroup(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(JoinGroupRequest.self) else { return }
    func respond(_ response: JoinGroupResponse) {
      var response = response
      // Before version 7 the response cannot say that no protocol is selected.
      if incoming.version < 7, response.protocolName == nil { response.protocolName = "" }
      incoming.respond(response)
    }
    guard !request.groupId.isEmpty else { return respond(JoinGroupResponse(.invalidGroupId, member: request.memberId)) }
    let ticket = groups.hold { answer in
      if case .join(_, let response) = answer { respond(response) }
    }
    let client = groups.client(of: incoming)
    let newMemberID = request.memberId.isEmpty ? groups.newMemberID(request.groupInstanceId ?? client.id) : ""
    groups.runtime.write(to: groups.partition(of: request.groupId)) { shard, time throws(Refusal) in
      try shard.join(request, from: client, ticket: ticket, newMemberID: newMemberID, at: time)
    } answer: { [groups] result in
      // A successful decision has already answered, or waits for other members.
      guard case .failure(let refusal) = result, let answer = groups.release(ticket) else { return }
      answer(.join(ticket: ticket, JoinGroupResponse(refusal.code.asToldByCoordinator, member: request.memberId)))
    }
  }

  /// Handles SyncGroup: held until the leader's assignment is committed.
  func handleSyncGroup(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(SyncGroupRequest.self) else { return }
    guard !request.groupId.isEmpty else { return incoming.respond(SyncGroupResponse(.invalidGroupId)) }
    // From version 5 on each member states the protocol that it believes to be selected (KIP-559).
    guard incoming.version < 5 || request.protocolType != nil && request.protocolName != nil else {
      return incoming.respond(SyncGroupResponse(.inconsistentGroupProtocol))
    }
    let ticket = groups.hold { answer in
      if case .sync(_, let response) = answer { incoming.respond(response) }
    }
    groups.runtime.write(to: groups.partition(of: request.groupId)) { shard, time throws(Refusal) in
      try shard.sync(request, ticket: ticket, at: time)
    } answer: { [groups] result in
      guard case .failure(let refusal) = result, let answer = groups.release(ticket) else { return }
      answer(.sync(ticket: ticket, SyncGroupResponse(refusal.code.asToldByCoordinator)))
    }
  }

  func handleHeartbeat(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(HeartbeatRequest.self) else { return }
    func refuse(_ error: ErrorCode) {
      var response = HeartbeatResponse()
      // A member that sends heartbeats while the coordinator is loading has nothing to fear.
      response.errorCode = error == .coordinatorLoadInProgress ? .none : error
      incoming.respond(response)
    }
    guard !request.groupId.isEmpty else { return refuse(.invalidGroupId) }
    groups.runtime.write(to: groups.partition(of: request.groupId)) { shard, time throws(Refusal) in
      try shard.heartbeat(request, at: time)
    } answer: { result in
      switch result {
      case .success(let response): incoming.respond(response)
      case .failure(let refusal): refuse(refusal.code.asToldByCoordinator)
      }
    }
  }

  /// Handles LeaveGroup: one member before version 3, any number since.
  func handleLeaveGroup(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(LeaveGroupRequest.self) else { return }
    if incoming.version < 3 {
      var member = LeaveGroupRequest.MemberIdentity()
      member.memberId = request.memberId
      request.members = [member]
    }
    func respond(_ response: LeaveGroupResponse) {
      var response = response
      if incoming.version < 3 {
        // With a single member, its error is also the error of the whole.
        if response.errorCode == .none, let only = response.members.first { response.errorCode = only.errorCode }
        response.members = []
      }
      incoming.respond(response)
    }
    guard !request.groupId.isEmpty else { return respond(LeaveGroupResponse(.invalidGroupId)) }
    groups.runtime.write(to: groups.partition(of: request.groupId)) { [request] shard, time throws(Refusal) in
      try shard.leave(request, at: time)
    } answer: { [request] result in
      switch result {
      case .success(let response): respond(response)
      case .failure(let refusal) where refusal.code == .unknownMemberId: respond(request.refusedMembers(.unknownMemberId))
      case .failure(let refusal): respond(LeaveGroupResponse(refusal.code.asToldByCoordinator))
      }
    }
  }
}

extension LeaveGroupResponse {
  fileprivate init(_ error: ErrorCode) {
    self.init()
    errorCode = error
  }
}

extension LeaveGroupRequest {
  /// Gives each member the error, and none to the whole.
  fileprivate func refusedMembers(_ error: ErrorCode) -> LeaveGroupResponse {
    var response = LeaveGroupResponse()
    response.members = members.map { member in
      var entry = LeaveGroupResponse.MemberResponse()
      (entry.memberId, entry.groupInstanceId, entry.errorCode) = (member.memberId, member.groupInstanceId, error)
      return entry
    }
    return response
  }
}
