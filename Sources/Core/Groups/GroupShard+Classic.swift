import Coordination
import Primitives
import Wire

extension GroupShard {
  /// Handles JoinGroup. The request is answered by its ticket, now or later.
  ///
  /// - Parameter newMemberID: The id for a member that has none.
  public mutating func join(
    _ request: JoinGroupRequest, from client: GroupClient, ticket: UInt64, newMemberID: String, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, Void> {
    guard request.sessionTimeoutMs >= settings.minSessionTimeout, request.sessionTimeoutMs <= settings.maxSessionTimeout else {
      throw Refusal(.invalidSessionTimeout)
    }
    let id = request.groupId
    let join = ClassicJoin(request: request, client: client, ticket: ticket, newMemberID: newMemberID)
    var newRecords: [CoordinatorRecord] = []
    switch groups[id] {
    case .classic?: break
    case .consumer(let group)? where !group.members.isEmpty: return try joinConsumer(join, at: time)
    case .consumer?, nil:
      // A client that names a member of a missing group belonged to a group that is gone. An empty KIP-848 group makes way
      // (`maybeDeleteEmptyConsumerGroup`).
      guard request.memberId.isEmpty else { throw Refusal(.unknownMemberId) }
      newRecords = groups[id] == nil ? [] : removalOfGroupRecords(id)
      newRecords.append(try makeClassic(id, at: time))
    }
    guard let write = changeClassic(id, at: time, { group, desk in
      defer { group.requireAnswer(to: join, desk) }
      return group.join(join, &desk)
    }) else { throw Refusal(.unknownServerError) }
    guard write == .nothing, !newRecords.isEmpty else { return decision(on: id, write, (), at: time) }
    // A group is recorded from the start, so that it is listed and can own offsets. If that fails, it has no record until its first assignment.
    return CoordinatorDecision(newRecords, (), isReplayed: false)
  }

  /// Creates a group, whose record must be appended.
  private mutating func makeClassic(_ id: String, at time: CoordinatorTime) throws(Refusal) -> CoordinatorRecord {
    let group = ClassicGroup(id: id, since: time.wallClock)
    do {
      let record = try group.record(assignments: [:])
      groups[id] = .classic(group)
      return record
    } catch {
      // The id does not fit into a record.
      throw Refusal(.unknownServerError)
    }
  }

  /// Handles SyncGroup. The request is answered by its ticket, now or later.
  public mutating func sync(
    _ request: SyncGroupRequest, ticket: UInt64, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, Void> {
    if isOfConsumerProtocol(request.groupId) { return try syncConsumer(request, ticket: ticket, at: time) }
    guard let write = changeClassic(request.groupId, at: time, { group, desk in
      defer { group.requireAnswer(to: request, ticket: ticket, desk) }
      return group.sync(request, ticket: ticket, &desk)
    }) else {
      throw Refusal(.unknownMemberId)
    }
    return decision(on: request.groupId, write, (), at: time)
  }

  public mutating func heartbeat(
    _ request: HeartbeatRequest, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, HeartbeatResponse> {
    var error = changeClassic(request.groupId, at: time) { group, desk in group.heartbeat(request, at: time.now, desk.settings.switches) }
    if error == nil {
      let settings = consumerSettings(request.groupId)
      error = try changeConsumer(request.groupId) { group throws(Refusal) in
        try group.heartbeat(request, settings: settings, at: time.now, wallClock: time.wallClock)
      }
    }
    guard let error else { throw Refusal(.unknownMemberId) }
    tellRefusal(error, of: request.memberId, in: request.groupId)
    var response = HeartbeatResponse()
    response.errorCode = error
    return CoordinatorDecision([], response)
  }

  public mutating func leave(
    _ request: LeaveGroupRequest, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, LeaveGroupResponse> {
    if isOfConsumerProtocol(request.groupId) { return try leaveConsumer(request, at: time) }
    guard let (response, write) = changeClassic(request.groupId, at: time, { group, desk in group.leave(request, &desk) }) else {
      throw Refusal(.unknownMemberId)
    }
    return decision(on: request.groupId, write, response, at: time)
  }
}
