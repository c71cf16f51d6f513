import Primitives
import Wire

// Requests of the classic protocol, as tests send them.

extension JoinGroupRequest {
  /// Protocols by name, each with what the member says in it.
  init(
    _ group: String, as member: String, instance: String?, protocols: [(name: String, metadata: Bytes)], session: Int32 = 10_000,
    rebalance: Int32 = 60_000, type: String
  ) {
    self.init()
    (groupId, memberId, groupInstanceId, protocolType) = (group, member, instance, type)
    (sessionTimeoutMs, rebalanceTimeoutMs) = (session, rebalance)
    self.protocols = protocols.map { name, metadata in
      var choice = JoinGroupRequestProtocol()
      (choice.name, choice.metadata) = (name, metadata)
      return choice
    }
  }
}

extension SyncGroupRequest {
  /// Assignments by the members' ids.
  init(
    _ group: String, as member: String, generation: Int32, instance: String?, assigning assignments: [(member: String, content: Bytes)], type: String?,
    name: String?
  ) {
    self.init()
    (groupId, memberId, generationId, groupInstanceId) = (group, member, generation, instance)
    (protocolType, protocolName) = (type, name)
    self.assignments = assignments.map { member, content in
      var assignment = SyncGroupRequestAssignment()
      (assignment.memberId, assignment.assignment) = (member, content)
      return assignment
    }
  }
}

extension HeartbeatRequest {
  init(_ group: String, as member: String, generation: Int32, instance: String?) {
    self.init()
    (groupId, memberId, generationId, groupInstanceId) = (group, member, generation, instance)
  }
}

extension LeaveGroupRequest {
  init(_ group: String, _ members: [(id: String, instance: String?)]) {
    self.init()
    groupId = group
    self.members = members.map { id, instance in
      var member = MemberIdentity()
      (member.memberId, member.groupInstanceId) = (id, instance)
      return member
    }
  }
}
