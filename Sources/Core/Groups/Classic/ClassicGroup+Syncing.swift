import Coordination
import Primitives
import Wire

extension ClassicGroup {
  /// Handles a SyncGroup request, which is answered at once or when the leader's assignment is committed.
  ///
  /// Source: Kafka's `GroupMetadataManager.classicGroupSyncToClassicGroup`.
  mutating func sync(_ request: SyncGroupRequest, ticket: UInt64, _ desk: inout GroupDesk) -> ClassicWrite {
    let id = request.memberId
    if let error = refusal(of: request, desk.settings.switches) {
      mark(.syncRefused)
      desk.reportFenced(id, of: self.id, error)
      desk.answer(ticket, SyncGroupResponse(error))
      return .nothing
    }
    switch state {
    case .empty, .dead:
      desk.answer(ticket, SyncGroupResponse(.unknownMemberId))
    case .preparingRebalance:
      mark(.syncDuringNextRebalance)
      desk.answer(ticket, SyncGroupResponse(.rebalanceInProgress))
    case .completingRebalance:
      if let former = members[id]?.syncTicket { desk.answer(former, SyncGroupResponse(.unknownMemberId)) }
      members[id]?.syncTicket = ticket
      members[id]?.isNew = false
      pendingSyncs.remove(id)
      guard leader == id else { return .nothing }
      var assignments: [String: Bytes] = [:]
      for assignment in request.assignments { assignments[assignment.memberId] = assignment.assignment }
      return .assignments(assignments, generation: generation)
    case .stable:
      pendingSyncs.remove(id)
      desk.answer(ticket, assignmentAnswer(members[id]?.assignment ?? .empty))
    }
    return .nothing
  }

  private func refusal(of request: SyncGroupRequest, _ switches: GroupSwitches) -> ErrorCode? {
    guard state != .dead else { return .coordinatorNotAvailable }
    let error = check(member: request.memberId, instance: request.groupInstanceId, switches)
    if error != .none { return error }
    if request.generationId != generation { return .illegalGeneration }
    if let type = request.protocolType, let own = protocolType, type != own { return .inconsistentGroupProtocol }
    if let name = request.protocolName, let own = protocolName, name != own { return .inconsistentGroupProtocol }
    return nil
  }

  private func assignmentAnswer(_ assignment: Bytes) -> SyncGroupResponse {
    var response = SyncGroupResponse(.none)
    response.protocolType = protocolType
    response.protocolName = protocolName
    response.assignment = assignment
    return response
  }

  /// Handles the result of recording a generation's assignments. Does nothing if the group has moved on in the meantime.
  mutating func settle(_ assignments: [String: Bytes], generation: Int32, _ error: ErrorCode?, _ desk: inout GroupDesk) {
    guard state == .completingRebalance, generation == self.generation else {
      mark(.assignmentTooLate)
      return
    }
    if let error {
      mark(.assignmentNotRecorded)
      propagateAssignments([:], error, &desk)
      // The group rebalances, which is recorded only when it ends.
      _ = rebalanceOrGoOn(&desk)
    } else {
      requirePresent(generation)
      propagateAssignments(assignments, .none, &desk)
      requireNoSync()
      move(to: .stable, at: desk.time.wallClock)
    }
  }

  /// Sends its assignment, or an error, to every waiting member. A member without an assignment gets an empty one.
  mutating func propagateAssignments(_ assignments: [String: Bytes], _ error: ErrorCode, _ desk: inout GroupDesk) {
    for id in members.keys {
      members[id]?.assignment = assignments[id] ?? .empty
      guard let ticket = members[id]?.syncTicket else { continue }
      members[id]?.syncTicket = nil
      desk.answer(ticket, error == .none ? assignmentAnswer(assignments[id] ?? .empty) : SyncGroupResponse(error))
      // Its session may have ended while it waited, which was excused.
      extendSession(of: id, at: desk.time.now)
    }
  }

  /// Handles a member's heartbeat. REBALANCE_IN_PROGRESS tells the member to join again.
  mutating func heartbeat(_ request: HeartbeatRequest, at now: Instant, _ switches: GroupSwitches) -> ErrorCode {
    guard state != .dead else { return .coordinatorNotAvailable }
    let error = check(member: request.memberId, instance: request.groupInstanceId, switches)
    if error != .none { return error }
    guard request.generationId == generation else {
      mark(.heartbeatOfFormerGeneration)
      return .illegalGeneration
    }
    guard state != .empty else { return .unknownMemberId }
    extendSession(of: request.memberId, at: now)
    requireSession(of: request.memberId, from: now)
    return state == .preparingRebalance ? .rebalanceInProgress : .none
  }

  /// Checks whether offsets may be committed for a member, or without one.
  ///
  /// Source: `ClassicGroup.validateOffsetCommit`.
  ///
  /// - Parameter isTransactional: Whether the request is TxnOffsetCommit, which before version 3 does not have to name a member (KIP-447), and which
  ///   may commit during a rebalance.
  func checkCommit(member: String, instance: String?, generation: Int32, isTransactional: Bool = false, _ switches: GroupSwitches) -> ErrorCode {
    guard state != .dead else { return .coordinatorNotAvailable }
    if generation < 0, state == .empty { return .none }
    if generation >= 0 || !member.isEmpty || instance != nil {
      let error = check(member: member, instance: instance, switches)
      if error != .none { return error }
      if generation != self.generation {
        mark(.commitOfFormerGeneration)
        return .illegalGeneration
      }
    } else if state != .empty, !isTransactional {
      // A client that has not joined must not commit behind the members' backs.
      mark(.commitBehindMembers)
      return .unknownMemberId
    }
    return state == .completingRebalance && !isTransactional ? .rebalanceInProgress : .none
  }
}
