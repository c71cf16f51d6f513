import Coordination
import Primitives
import Wire

extension GroupShard {
  /// Handles ConsumerGroupHeartbeat (KIP-848). The first member creates the group. A classic group becomes a KIP-848 group with its first KIP-848
  /// member, if the group is empty or may be upgraded (`GroupMetadataManager.getOrMaybeCreateConsumerGroup`); a KIP-848 group becomes a classic one
  /// when its last such member leaves, if it may be downgraded.
  ///
  /// - Parameter newMemberID: An id for a member to which a version 0 client gave none.
  public mutating func heartbeat(
    _ request: ConsumerGroupHeartbeatRequest, from client: GroupClient, newMemberID: () -> String, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, ConsumerGroupHeartbeatResponse> {
    do throws(Refusal) {
      return try decide(on: request, from: client, newMemberID: newMemberID, at: time)
    } catch {
      tellRefusal(error.code, of: request.memberId, in: request.groupId)
      throw error
    }
  }

  private mutating func decide(
    on request: ConsumerGroupHeartbeatRequest, from client: GroupClient, newMemberID: () -> String, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, ConsumerGroupHeartbeatResponse> {
    let id = request.groupId
    let settings = consumerSettings(id), topics = cluster
    try ConsumerGroup.check(request, version: client.version, settings: settings)
    guard isOfConsumerProtocol(id) else { return try begin(with: request, from: client, newMemberID: newMemberID, at: time) }
    if request.memberEpoch == ConsumerGroupMember.leaveEpoch, let decision = try downgrade(id, leaving: request, at: time) { return decision }
    return CoordinatorDecision(try changeConsumer(id) { group throws(Refusal) in
      try group.heartbeat(
        request, clientId: client.id, clientHost: client.host, topics: topics, settings: settings, at: time.now, wallClock: time.wallClock,
        newMemberId: newMemberID)
    } ?? Decision([], ConsumerGroupHeartbeatResponse()))
  }

  /// Handles the first heartbeat of a group. The group does not exist until the log has accepted the records that create it.
  private mutating func begin(
    with request: ConsumerGroupHeartbeatRequest, from client: GroupClient, newMemberID: () -> String, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, ConsumerGroupHeartbeatResponse> {
    let id = request.groupId
    let settings = consumerSettings(id)
    var group = ConsumerGroup(id: id)
    var records: [CoordinatorRecord] = []
    var rebalancing: ClassicGroup?
    if let classic = groups[id]?.classic {
      guard request.memberEpoch == 0 else {
        mark(.heartbeatForClassicGroup)
        throw Refusal(.groupIdNotFound, "Group \(id) is not a consumer group.")
      }
      records = removalOfGroupRecords(id)
      if !classic.isEmpty {
        let upgraded = try ConsumerGroup.upgraded(classic, topics: cluster, settings: settings)
        group = upgraded.group
        group.startTimers(settings: settings, at: time.now)
        records += upgraded.records
        rebalancing = classic
      }
    } else {
      guard request.memberEpoch == 0 else {
        mark(.heartbeatForUnknownGroup)
        throw Refusal(.groupIdNotFound, "Consumer group \(id) not found.")
      }
    }
    let decision = try group.heartbeat(
      request, clientId: client.id, clientHost: client.host, topics: cluster, settings: settings, at: time.now, wallClock: time.wallClock,
      newMemberId: newMemberID)
    return CoordinatorDecision(records + decision.records, decision.response, appended: { [group] shard, _ in
      shard.changeConsumer(id) { $0.takeSoftState(of: group) }
      // Members that wait for a generation have to join again, with the other protocol.
      if var rebalancing { rebalancing.refuseWaiting(.rebalanceInProgress, &shard.answers) }
    })
  }

  func consumerSettings(_ id: String) -> ConsumerGroupSettings { cluster.settings(ofGroup: id, over: settings.consumer) }

  /// Whether a group uses the consumer protocol. Keeps no reference to the group: otherwise the next change would copy it.
  func isOfConsumerProtocol(_ id: String) -> Bool { if case .consumer? = groups[id] { true } else { false } }

  /// Turns the group into a classic one as the given member leaves; nil if it stays as it is.
  private func downgrade(
    _ id: String, leaving request: ConsumerGroupHeartbeatRequest, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, ConsumerGroupHeartbeatResponse>? {
    guard case .consumer(let group)? = groups[id] else { return nil }
    let member = try group.leavingMember(request)
    return try downgrade(id, without: [member.id], ConsumerGroupHeartbeatResponse(leaving: member.id, request.memberEpoch), at: time)
  }

  /// Changes a KIP-848 group in place. Does nothing if there is none with this id.
  @discardableResult
  mutating func changeConsumer<Result, Failure: Error>(
    _ id: String, _ change: (inout ConsumerGroup) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let place = groups.index(forKey: id), case .consumer(var group) = groups.values[place] else { return nil }
    // There must be no other reference to the group while it is changed, or all of it would be copied.
    groups.values[place] = .classic(.vacant)
    defer {
      addDeadline(group.nextDeadline)
      groups.values[place] = .consumer(group)
    }
    return try change(&group)
  }

  /// Handles one due event of a KIP-848 group; nil if there is none. A group that cannot be recorded stays as it is.
  mutating func expireConsumer(_ id: String, at time: CoordinatorTime) -> CoordinatorDecision<GroupShard, Void>? {
    let topics = cluster
    while let due = changeConsumer(id, { $0.takeDue(at: time.now) }) ?? nil {
      recordEviction(due, from: id)
      if let member = due.member, let decision = try? downgrade(id, without: [member], (), at: time) { return retrying(due, of: id, decision) }
      let records = (try? changeConsumer(id) { try $0.settle(due, topics: topics, at: time.wallClock) }) ?? []
      if !records.isEmpty { return retrying(due, of: id, CoordinatorDecision(records, ())) }
    }
    return nil
  }

  /// A decision about a due event, which stays due if the log refuses it: nobody else would think of it again.
  private func retrying(
    _ due: ConsumerGroupTimers.Due, of id: String, _ decision: CoordinatorDecision<GroupShard, Void>
  ) -> CoordinatorDecision<GroupShard, Void> {
    var decision = decision
    decision.settled = { shard, error, time in
      if error != nil { shard.changeConsumer(id) { $0.retry(due, at: time.now) } }
    }
    return decision
  }

  // MARK: Members of the classic protocol

  /// Handles JoinGroup to a KIP-848 group with members. The response waits until the records of the join are committed.
  mutating func joinConsumer(_ join: ClassicJoin, at time: CoordinatorTime) throws(Refusal) -> CoordinatorDecision<GroupShard, Void> {
    let id = join.request.groupId
    let topics = cluster, settings = consumerSettings(id), classicMaxSize = Int(self.settings.maxSize)
    let joining = try changeConsumer(id) { group throws(Refusal) in
      try group.join(join, topics: topics, settings: settings, classicMaxSize: classicMaxSize, wallClock: time.wallClock)
    }
    guard let joining else { throw Refusal(.unknownMemberId) }
    return CoordinatorDecision(joining.records, (), settled: { shard, error, _ in
      if error == nil { shard.answers.append(.join(ticket: join.ticket, joining.response)) }
    }, appended: { shard, time in
      if let downgrade = joining.downgrade {
        shard.began(downgrade.group, rebalances: downgrade.rebalances, at: time)
      } else if let member = joining.member {
        shard.changeConsumer(id) { $0.updateTimers(of: member, at: time.now) }
      }
    })
  }

  mutating func syncConsumer(_ request: SyncGroupRequest, ticket: UInt64, at time: CoordinatorTime) throws(Refusal) -> CoordinatorDecision<GroupShard, Void> {
    let topics = cluster, settings = consumerSettings(request.groupId)
    let response = try changeConsumer(request.groupId) { group throws(Refusal) in
      try group.sync(request, topics: topics, settings: settings, at: time.now, wallClock: time.wallClock)
    }
    return CoordinatorDecision([], (), settled: { shard, error, _ in
      if error == nil, let response { shard.answers.append(.sync(ticket: ticket, response)) }
    })
  }

  mutating func leaveConsumer(_ request: LeaveGroupRequest, at time: CoordinatorTime) throws(Refusal) -> CoordinatorDecision<GroupShard, LeaveGroupResponse> {
    let id = request.groupId, topics = cluster
    guard case .consumer(let present)? = groups[id] else { throw Refusal(.unknownMemberId) }
    let (members, response) = present.leaving(request)
    if let decision = try downgrade(id, without: members, response, at: time) { return decision }
    let records = try changeConsumer(id) { group throws(Refusal) in try group.withoutMembers(members, topics: topics) }
    return CoordinatorDecision(records ?? [], response)
  }

  /// Turns a KIP-848 group into a classic one by removing members; nil if it stays as it is.
  private func downgrade<Response>(
    _ id: String, without members: [String], _ response: Response, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<GroupShard, Response>? {
    guard case .consumer(let group)? = groups[id] else { return nil }
    // A deadline may belong to a member that is gone.
    let members = members.filter { group.members[$0] != nil }
    guard !members.isEmpty, group.downgrades(without: members, consumerSettings(id), classicMaxSize: Int(settings.maxSize)) else { return nil }
    let (classic, records) = try group.downgraded(without: members, topics: cluster)
    return CoordinatorDecision(records, response, appended: { shard, time in shard.began(classic, rebalances: true, at: time) })
  }

  /// Completes the change of a KIP-848 group into a classic one.
  private mutating func began(_ classic: ClassicGroup, rebalances: Bool, at time: CoordinatorTime) {
    // The group's record holds only one protocol for each member.
    groups[classic.id] = .classic(classic)
    _ = changeClassic(classic.id, at: time) { group, desk in group.began(rebalances: rebalances, &desk) }
  }

  /// Applies a record of a KIP-848 group. A simple group, which only holds offsets, makes way for it.
  mutating func replayConsumerGroup(_ record: CoordinatorRecord, type: Int16) throws(WireError) {
    let change = try ConsumerGroupRecord(type: type, key: record.key, value: record.value)
    let id = change.groupId
    markChanged(consumerGroup: id)
    if change.deletesGroup {
      if isOfConsumerProtocol(id) { groups[id] = nil }
      return
    }
    if change.createsGroup, !isOfConsumerProtocol(id) { groups[id] = .consumer(ConsumerGroup(id: id)) }
    changeConsumer(id) { $0.apply(change) }
  }

  /// Handles ConsumerGroupDescribe, from the committed state.
  public func describeConsumer(_ id: String) throws(Refusal) -> ConsumerGroupDescribeResponse.DescribedGroup {
    switch groups[id] {
    case .consumer(let group)?: return group.description(topics: cluster, settings: consumerSettings(id))
    case .classic?: throw Refusal(.groupIdNotFound, "Group \(id) is not a consumer group.")
    case nil: throw Refusal(.groupIdNotFound, "Group \(id) not found.")
    }
  }
}
