import Coordination
import Primitives
import Wire

extension ClassicGroup {
  /// Takes a SyncGroup up, which is answered at once or when the leader's assignment is committed.
  ///
  /// Source: Kafka's `GroupMetadataManager.classicGroupSyncToClassicGroup`.
  mutating func sync(_ request: SyncGroupRequest, ticket: UInt64, _ desk: inout GroupDesk) -> ClassicWrite {
    let id = request.memberId
    if let error = refusal(of: request, desk.settings.switches) {
      desk.noteFenced(id, of: self.id, error)
      desk.answer(ticket, SyncGroupResponse(error))
      return .nothing
    }
    switch state {
    case .empty, .dead:
      desk.answer(ticket, SyncGroupResponse(.unknownMemberId))
    case .preparingRebalance:
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

  /// The record with the assignments of a generation is committed, or failed. Nothing happens where the group has moved on meanwhile.
  mutating func settle(_ assignments: [String: Bytes], generation: Int32, _ error: ErrorCode?, _ desk: inout GroupDesk) {
    guard state == .completingRebalance, generation == self.generation else { return }
    if let error {
      propagateAssignments([:], error, &desk)
      // It rebalances, of which nothing is recorded before its end.
      _ = rebalanceOrGoOn(&desk)
    } else {
      propagateAssignments(assignments, .none, &desk)
      move(to: .stable, at: desk.time.wallClock)
    }
  }

  /// Tells every member that waits its assignment, or an error. Whoever is not assigned anything is assigned nothing.
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

  /// A member lives. REBALANCE_IN_PROGRESS tells it to join again.
  mutating func heartbeat(_ request: HeartbeatRequest, at now: Instant, _ switches: GroupSwitches) -> ErrorCode {
    guard state != .dead else { return .coordinatorNotAvailable }
    let error = check(member: request.memberId, instance: request.groupInstanceId, switches)
    if error != .none { return error }
    guard request.generationId == generation else { return .illegalGeneration }
    guard state != .empty else { return .unknownMemberId }
    extendSession(of: request.memberId, at: now)
    return state == .preparingRebalance ? .rebalanceInProgress : .none
  }

  /// Whether offsets may be committed in the name of a member, or of nobody.
  ///
  /// Source: `ClassicGroup.validateOffsetCommit`.
  ///
  /// - Parameter isTransactional: by TxnOffsetCommit, which need not name a member before version 3 (KIP-447), and which a rebalance does not keep from being
  ///   committed.
  func checkCommit(member: String, instance: String?, generation: Int32, isTransactional: Bool = false, _ switches: GroupSwitches) -> ErrorCode {
    guard state != .dead else { return .coordinatorNotAvailable }
    if generation < 0, state == .empty { return .none }
    if generation >= 0 || !member.isEmpty || instance != nil {
      let error = check(member: member, instance: instance, switches)
      if error != .none { return error }
      if generation != self.generation { return .illegalGeneration }
    } else if state != .empty, !isTransactional {
      // Whoever has not joined must not commit over the heads of the members.
      return .unknownMemberId
    }
    return state == .completingRebalance && !isTransactional ? .rebalanceInProgress : .none
  }
}
