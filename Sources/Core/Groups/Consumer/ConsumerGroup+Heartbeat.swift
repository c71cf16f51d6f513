import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// Decides about a heartbeat (`GroupMetadataManager.consumerGroupHeartbeat`): creates or changes the member, computes the target if it is older
  /// than the group epoch, and moves the member a step towards the target. Sets the member's deadlines, and nothing else.
  ///
  /// The request has passed `check`. For a group that does not exist, it is a request to join. `clientHost` is as Kafka writes it, with a slash
  /// before the address; `now` is for deadlines, `wallClock` for recorded times. `newMemberId` is for a member to which a version 0 client gave no
  /// id.
  public mutating func heartbeat(
    _ request: ConsumerGroupHeartbeatRequest, clientId: String, clientHost: String, topics: any TopicsOfGroups, settings: ConsumerGroupSettings,
    at now: Instant, wallClock: Timestamp, newMemberId: () -> String
  ) throws(Refusal) -> Decision<CoordinatorRecord, ConsumerGroupHeartbeatResponse> {
    if request.memberEpoch < 0 { return try leave(request, topics: topics) }
    if members.count >= Int(settings.maximumSize), members[request.memberId] == nil {
      throw Refusal(.groupMaxSizeReached, "The consumer group has reached its maximum capacity of \(settings.maximumSize) members.")
    }
    let memberId = request.memberId.isEmpty ? newMemberId() : request.memberId
    var draft = ConsumerGroupDraft(self)
    let former = try draft.admit(memberId, request)
    var member = former.changed(by: request, clientId: clientId, clientHost: clientHost)

    let subscriptionChange = try draft.subscribe(member, formerly: former)
    let refreshes = draft.group.needsPatternRefresh(for: member, topics: topics, settings: settings, at: wallClock)
    try draft.updateEpoch(mustChange: epoch == Self.firstEpoch || subscriptionChange == .topics, topics: topics)
    try draft.updateTarget(topics: topics, settings: settings, at: wallClock)

    let isMoved = try draft.reconcile(
      &member, isSubscriptionChanged: subscriptionChange != .none, owned: request.topicPartitions, topics: topics, settings.switches)
    if isMoved { timers.track(member, at: now) }
    checkedTopics = draft.group.checkedTopics
    if refreshes { timers.refreshPatterns(at: now) }
    timers.session(of: memberId, until: now + settings.sessionTimeout)
    requireTimers(of: member, isMoved: isMoved, session: settings.sessionTimeout, from: now)
    requireEpochs(after: draft.group, request, from: former, to: member)

    let response = ConsumerGroupHeartbeatResponse {
      $0.memberId = member.id
      $0.memberEpoch = member.epoch
      $0.heartbeatIntervalMs = Int32(clamping: settings.heartbeatInterval.milliseconds)
      if request.isFull || former.assigned != member.assigned { $0.assignment = member.assignmentForClient }
    }
    return Decision(draft.records, response)
  }
}

/// How a heartbeat changed its member's subscription.
enum SubscriptionChange: Equatable {
  case none
  /// Changed to a pattern that is not resolved yet: the target waits for that.
  case unresolvedPattern
  case topics
}

extension ConsumerGroupHeartbeatRequest {
  /// Whether the request contains every field, as when a member joins or has missed a response: the response then contains its assignment.
  fileprivate var isFull: Bool {
    memberEpoch == 0
      || rebalanceTimeoutMs != -1 && (subscribedTopicNames != nil || subscribedTopicRegex != nil) && topicPartitions != nil
  }
}

extension ConsumerGroupMember {
  /// The member with the fields of a heartbeat; fields that it leaves out stay.
  fileprivate func changed(by request: ConsumerGroupHeartbeatRequest, clientId: String, clientHost: String) -> ConsumerGroupMember {
    var member = self
    if let instanceId = request.instanceId { member.instanceId = instanceId }
    if let rackId = request.rackId { member.rackId = rackId }
    if request.rebalanceTimeoutMs != -1 { member.rebalanceTimeout = .milliseconds(Int64(request.rebalanceTimeoutMs)) }
    if let assignor = request.serverAssignor { member.assignor = assignor }
    if let names = request.subscribedTopicNames { member.topicNames = names.sortedOnce }
    if let pattern = request.subscribedTopicRegex { member.pattern = pattern }
    member.clientId = clientId
    member.clientHost = clientHost
    member.classic = nil
    return member
  }

  fileprivate var assignmentForClient: ConsumerGroupHeartbeatResponse.Assignment {
    ConsumerGroupHeartbeatResponse.Assignment {
      $0.topicPartitions = assigned.topics.map { topic in
        ConsumerGroupHeartbeatResponse.TopicPartitions { $0.topicId = topic.id; $0.partitions = topic.partitions }
      }
    }
  }

  /// Whether the records of two members describe the same subscription. Owned partitions do not count.
  fileprivate func subscribesLike(_ other: ConsumerGroupMember) -> Bool {
    instanceId == other.instanceId && rackId == other.rackId && clientId == other.clientId && clientHost == other.clientHost
      && rebalanceTimeout == other.rebalanceTimeout && topicNames == other.topicNames && pattern == other.pattern && assignor == other.assignor
      && classic == other.classic
  }
}

extension ConsumerGroupDraft {
  /// The existing member, or a new one (`getOrMaybeSubscribeDynamicConsumerGroupMember` and its static counterpart). A static member that returns
  /// replaces the one that left.
  fileprivate mutating func admit(_ id: String, _ request: ConsumerGroupHeartbeatRequest) throws(Refusal) -> ConsumerGroupMember {
    let joins = request.memberEpoch == 0
    guard let instanceId = request.instanceId else {
      let member = try joins ? group.members[id] ?? ConsumerGroupMember(id: id) : group.knownMember(id)
      try ConsumerGroup.checkEpoch(request.memberEpoch, of: member, owned: request.topicPartitions)
      return member
    }
    guard joins else {
      let member = try group.knownStaticMember(id, instanceId: instanceId)
      try ConsumerGroup.checkEpoch(request.memberEpoch, of: member, owned: request.topicPartitions)
      return member
    }
    guard let former = group.member(of: instanceId) else { return group.members[id] ?? ConsumerGroupMember(id: id) }
    guard former.usesClassicProtocol || former.epoch == ConsumerGroupMember.staticLeaveEpoch else {
      mark(.instanceStillOwned)
      throw Refusal(
        .unreleasedInstanceId,
        "Static member \(id) with instance id \(instanceId) cannot join the group because the instance id is owned by \(former.id) member.")
    }
    return try replace(former, by: id)
  }

  /// Replaces a static member with one that has another id.
  mutating func replace(_ former: ConsumerGroupMember, by id: String) throws(Refusal) -> ConsumerGroupMember {
    mark(.staticMemberTakenOver)
    var member = former.renamed(id)
    member.epoch = 0
    member.previousEpoch = 0
    let target = group.targets[former.id] ?? PartitionAssignment()
    try remove(former.id)
    try write(.member(member))
    try write(.target(id, target))
    try write(.assignment(member))
    return member
  }

  /// Records what changed in a member's subscription (`hasMemberSubscriptionChanged`, `maybeUpdateRegularExpressions`).
  mutating func subscribe(_ member: ConsumerGroupMember, formerly former: ConsumerGroupMember) throws(Refusal) -> SubscriptionChange {
    let changesPattern = former.pattern != member.pattern
    if changesPattern, let pattern = member.subscribedPattern, !group.subscribes(toPattern: pattern) {
      do {
        _ = try TopicPattern(pattern)
      } catch {
        throw Refusal(.invalidRegularExpression, "SubscribedTopicRegex `\(pattern)` is not a valid regular expression: \(error.reason).")
      }
    }
    if group.members[member.id] == nil || !member.subscribesLike(former) { try write(.member(member)) }
    if changesPattern, let pattern = former.subscribedPattern { try forgetUnusedPattern(pattern) }
    if former.topicNames != member.topicNames { return .topics }
    guard changesPattern else { return .none }
    return member.subscribedPattern.flatMap { group.patterns[$0] } == nil ? .unresolvedPattern : .topics
  }

  /// Raises the group epoch if it must change, or if the topics have (`updateSubscriptionMetadata`). Topics are checked only if the metadata changed.
  mutating func updateEpoch(mustChange: Bool, topics: any TopicsOfGroups) throws(Refusal) {
    guard mustChange || !group.isMade(from: topics.version) else { return }
    let hash = TopicsHash.hash(of: group.subscribedTopics, in: topics)
    if mustChange || hash != group.metadataHash { try bumpEpoch(metadataHash: hash) }
    rememberMetadata(topics.version)
  }
}
