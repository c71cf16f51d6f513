import Coordination
import Primitives
import Wire

// Members of the classic protocol in a KIP-848 group. To each of them the group looks like a classic one with another leader: its member epoch is the
// generation, and it joins and asks for its assignment without waiting for the others.

extension ConsumerGroup {
  /// The result of a JoinGroup.
  struct ClassicJoining {
    var records: [CoordinatorRecord] = []
    var response: JoinGroupResponse
    /// The member after it joined; nil if it was only given an id.
    var member: ConsumerGroupMember?
    /// The classic group that this one becomes because no other member uses the KIP-848 protocol, and whether it has to rebalance.
    var downgrade: (group: ClassicGroup, rebalances: Bool)?
  }

  /// Handles a JoinGroup request (`GroupMetadataManager.classicGroupJoinToConsumerGroup`). Changes nothing except which topics were checked.
  mutating func join(
    _ join: ClassicJoin, topics: any TopicsOfGroups, settings: ConsumerGroupSettings, classicMaxSize: Int, wallClock: Timestamp
  ) throws(Refusal) -> ClassicJoining {
    let request = join.request
    let id = request.memberId.isEmpty ? join.newMemberID : request.memberId
    if members.count >= Int(settings.maximumSize), members[id] == nil {
      throw Refusal(.groupMaxSizeReached, "The consumer group has reached its maximum capacity of \(settings.maximumSize) members.")
    }
    guard supports(request.protocolType, request.protocols) else {
      throw Refusal(.inconsistentGroupProtocol, "Member \(id)'s protocols are not supported.")
    }
    // KIP-394: a member without an id is first given one.
    if request.memberId.isEmpty, request.groupInstanceId == nil, join.client.version >= 4 {
      return ClassicJoining(response: JoinGroupResponse(.memberIdRequired, member: id))
    }
    var draft = ConsumerGroupDraft(self)
    let replaced = request.groupInstanceId.flatMap { self.member(of: $0) }
    let former = try draft.admit(classic: id, request)
    var member = try former.changed(by: join)
    let change = try draft.subscribe(member, formerly: former)

    if let replaced, !replaced.usesClassicProtocol, downgrades(without: [replaced.id], sizeLeft: members.count, settings, classicMaxSize: classicMaxSize) {
      // The last member of the other protocol returns with the classic one (KIP-848).
      if change == .none { try draft.reconcile(&member, isSubscriptionChanged: false, owned: try Self.owned(request, topics), topics: topics, settings.switches) }
      let classic = try ClassicGroup(draft.group, topics: topics, generation: epoch, since: change == .none ? wallClock : nil)
      var joining = ClassicJoining(response: member.joinAnswer, member: member, downgrade: (classic, rebalances: change != .none))
      joining.records = try draft.records + draft.group.removal() + [classic.wholeRecord()]
      return joining
    }

    try draft.updateEpoch(mustChange: change != .none, topics: topics)
    try draft.updateTarget(topics: topics, settings: settings, at: wallClock)
    try draft.reconcile(&member, isSubscriptionChanged: change != .none, owned: try Self.owned(request, topics), topics: topics, settings.switches)
    checkedTopics = draft.group.checkedTopics
    return ClassicJoining(records: draft.records, response: member.joinAnswer, member: member)
  }

  /// Whether a classic member with these protocols fits: it must list one that all other classic members list
  /// (`ConsumerGroup.supportsClassicProtocols`).
  private func supports(_ type: String, _ protocols: [JoinGroupRequest.JoinGroupRequestProtocol]) -> Bool {
    guard type == ConsumerProtocol.type else { return false }
    let others = members.values.compactMap(\.classic)
    return protocols.contains { wanted in others.allSatisfy { $0.supportedProtocols.contains { $0.name == wanted.name } } }
  }

  /// The partitions that a member owns according to its subscription. Topics that no longer exist are left out.
  private static func owned(_ request: JoinGroupRequest, _ topics: any TopicsOfGroups) throws(Refusal) -> OwnedTopics {
    try request.subscription().ownedPartitions.compactMap { owned in
      guard let topic = topics.topic(named: owned.topic) else { return nil }
      return ConsumerGroupHeartbeatRequest.TopicPartitions { $0.topicId = topic.id; $0.partitions = owned.partitions }
    }
  }

  // MARK: Requests from members

  /// Handles SyncGroup (`classicGroupSyncToConsumerGroup`): the assignment of a member that has joined.
  mutating func sync(
    _ request: SyncGroupRequest, topics: any TopicsOfGroups, settings: ConsumerGroupSettings, at now: Instant, wallClock: Timestamp
  ) throws(Refusal) -> SyncGroupResponse {
    let member = try classicMember(request.memberId, instance: request.groupInstanceId, generation: request.generationId)
    let name = member.classic?.supportedProtocols.first?.name
    guard request.protocolType ?? ConsumerProtocol.type == ConsumerProtocol.type, request.protocolName == nil || request.protocolName == name else {
      throw Refusal(.inconsistentGroupProtocol, "The protocol of member \(member.id) is not the one that it joined with.")
    }
    // A member with partitions to give up has joined to learn that, and joins again once it has given them up.
    if mustJoinForTarget(member, settings, at: wallClock), member.state != .unrevokedPartitions {
      mark(.classicMemberSentBack)
      timers.awaitJoin(of: member, at: now)
      throw Refusal(.rebalanceInProgress, "A new rebalance is triggered in group \(id) and member \(member.id) should rejoin to catch up.")
    }
    timers.synced(member.id)
    extendClassicSession(of: member, at: now)
    var response = SyncGroupResponse(.none)
    (response.protocolType, response.protocolName) = (request.protocolType, request.protocolName)
    response.assignment = ConsumerProtocol.encode(
      ConsumerProtocolAssignment(member.assigned.assignment, topics), version: member.classic?.supportedProtocols.first?.protocolVersion)
    return response
  }

  /// Handles a heartbeat (`classicGroupHeartbeatToConsumerGroup`). REBALANCE_IN_PROGRESS tells the member to join again: there is a newer target, it
  /// has partitions to give up, or those that it waits for are free.
  mutating func heartbeat(_ request: HeartbeatRequest, settings: ConsumerGroupSettings, at now: Instant, wallClock: Timestamp) throws(Refusal) -> ErrorCode {
    let member = try classicMember(request.memberId, instance: request.groupInstanceId, generation: request.generationId)
    extendClassicSession(of: member, at: now)
    guard mustJoinForTarget(member, settings, at: wallClock) || member.state == .unrevokedPartitions
      || member.state == .unreleasedPartitions && !isWaiting(member)
    else { return .none }
    mark(.classicMemberToldToJoin)
    timers.awaitJoin(of: member, at: now)
    return .rebalanceInProgress
  }

  /// Whether there is a newer target, or a member that joins now computes one. While the assignment interval delays that, there is no reason to join
  /// (KAFKA-20272).
  private func mustJoinForTarget(_ member: ConsumerGroupMember, _ settings: ConsumerGroupSettings, at wallClock: Timestamp) -> Bool {
    member.epoch < targetEpoch || epoch > targetEpoch && mayRetarget(settings, at: wallClock)
  }

  /// Whether another member still owns something that the target gives to this one (`waitingOnUnreleasedPartition`).
  private func isWaiting(_ member: ConsumerGroupMember) -> Bool {
    (targets[member.id] ?? PartitionAssignment()).topics.contains { topic in
      topic.partitions.contains { !member.assigned.contains($0, of: topic.id) && owner(of: $0, of: topic.id) != nil }
    }
  }

  mutating func extendClassicSession(of member: ConsumerGroupMember, at now: Instant) {
    timers.session(of: member.id, until: now + .milliseconds(Int64(member.classic?.sessionTimeoutMs ?? 0)))
  }

  /// Updates the deadlines after the log has accepted that a member joined with the classic protocol.
  mutating func updateTimers(of member: ConsumerGroupMember, at now: Instant) {
    extendClassicSession(of: member, at: now)
    timers.joined(member, at: now)
  }

  private func classicMember(_ id: String, instance: String?, generation: Int32) throws(Refusal) -> ConsumerGroupMember {
    let member: ConsumerGroupMember
    if let instance { member = try knownStaticMember(id, instanceId: instance) } else { member = try knownMember(id) }
    guard member.usesClassicProtocol else { throw Refusal(.unknownMemberId, "Member \(id) does not use the classic protocol.") }
    guard member.epoch == generation else {
      throw Refusal(
        .illegalGeneration, "The request generation id \(generation) is not equal to the member epoch \(member.epoch) of member \(id).")
    }
    return member
  }

  /// The members of either protocol that a LeaveGroup removes, and the answer for each (`classicGroupLeaveToConsumerGroup`). An operator names static
  /// ones only by instance id (KIP-345).
  func leaving(_ request: LeaveGroupRequest) -> (members: [String], response: LeaveGroupResponse) {
    var leaving: [String] = []
    var response = LeaveGroupResponse()
    response.members = request.members.map { identity in
      var entry = LeaveGroupResponse.MemberResponse()
      (entry.memberId, entry.groupInstanceId) = (identity.memberId, identity.groupInstanceId)
      do throws(Refusal) {
        let member = try self.member(for: identity)
        if !leaving.contains(member.id) { leaving.append(member.id) }
      } catch {
        entry.errorCode = error.code
      }
      return entry
    }
    return (leaving, response)
  }

  private func member(for identity: LeaveGroupRequest.MemberIdentity) throws(Refusal) -> ConsumerGroupMember {
    guard let instance = identity.groupInstanceId else { return try knownMember(identity.memberId) }
    guard identity.memberId.isEmpty else { return try knownStaticMember(identity.memberId, instanceId: instance) }
    guard let member = member(of: instance) else { throw Refusal(.unknownMemberId, "Instance id \(instance) is unknown.") }
    return member
  }
}

extension ConsumerGroupDraft {
  /// The member that sent a JoinGroup: the existing one, or a new one. Unlike in a classic group, any id is accepted. A static member without an id
  /// replaces the one that had its instance id, whether that one has left or not.
  fileprivate mutating func admit(classic id: String, _ request: JoinGroupRequest) throws(Refusal) -> ConsumerGroupMember {
    guard let instance = request.groupInstanceId else { return group.members[id] ?? ConsumerGroupMember(id: id) }
    guard request.memberId.isEmpty else { return try group.knownStaticMember(id, instanceId: instance) }
    guard let former = group.member(of: instance) else { return ConsumerGroupMember(id: id) }
    return try replace(former, by: id)
  }
}

extension ConsumerGroupMember {
  /// The member with the changes in a JoinGroup.
  fileprivate func changed(by join: ClassicJoin) throws(Refusal) -> ConsumerGroupMember {
    let subscription = try join.request.subscription()
    var member = self
    if let instance = join.request.groupInstanceId { member.instanceId = instance }
    if let rack = subscription.rackId { member.rackId = rack }
    member.rebalanceTimeout = .milliseconds(Int64(join.request.rebalanceTimeout))
    member.topicNames = subscription.topics.sortedOnce
    // The classic protocol has no patterns: clients resolve them.
    member.pattern = ""
    (member.clientId, member.clientHost) = (join.client.id, join.client.host)
    member.classic = ConsumerGroupMemberMetadataValue.ClassicMemberMetadata(join.request.sessionTimeoutMs, join.request.protocols)
    return member
  }

  fileprivate var joinAnswer: JoinGroupResponse {
    var response = JoinGroupResponse(.none, member: id)
    response.generationId = epoch
    response.protocolType = ConsumerProtocol.type
    response.protocolName = classic?.supportedProtocols.first?.name
    return response
  }
}

extension JoinGroupRequest {
  /// A consumer's subscription: the same in each of its protocols.
  fileprivate func subscription() throws(Refusal) -> ConsumerProtocolSubscription {
    do {
      return try ConsumerProtocol.decode(ConsumerProtocolSubscription.self, protocols.first?.metadata ?? .empty)
    } catch {
      throw Refusal(.unknownServerError, "The subscription of member \(memberId) cannot be read: \(error)")
    }
  }
}

extension ConsumerGroupMemberMetadataValue.ClassicMemberMetadata {
  init(_ sessionTimeout: Int32, _ protocols: [JoinGroupRequest.JoinGroupRequestProtocol]) {
    self.init()
    sessionTimeoutMs = sessionTimeout
    supportedProtocols = protocols.map { known in
      ConsumerGroupMemberMetadataValue.ClassicProtocol { $0.name = known.name; $0.metadata = known.metadata.copy() }
    }
  }
}

extension ConsumerGroupMemberMetadataValue.ClassicProtocol {
  /// The version in which its member wrote the subscription, and reads an assignment; nil if it cannot be read.
  var protocolVersion: Int16? { try? ConsumerProtocol.version(of: metadata) }
}

extension ConsumerProtocolAssignment {
  /// Partitions by topic name. Topics that no longer exist are left out.
  init(_ assignment: PartitionAssignment, _ topics: any TopicsOfGroups) {
    self.init()
    assignedPartitions = assignment.topics.compactMap { entry in
      topics.topic(of: entry.id).map { topic in TopicPartition { $0.topic = topic.name; $0.partitions = entry.partitions } }
    }
  }
}
