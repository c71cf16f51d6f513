import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// Decides about a heartbeat with which a member leaves: for good, or for a while as a static member (`GroupMetadataManager.consumerGroupLeave`).
  mutating func leave(_ request: ConsumerGroupHeartbeatRequest, topics: any TopicsOfGroups) throws(Refusal)
    -> Decision<CoordinatorRecord, ConsumerGroupHeartbeatResponse>
  {
    let member = try leavingMember(request)
    let response = ConsumerGroupHeartbeatResponse(leaving: member.id, request.memberEpoch)
    guard request.instanceId != nil, request.memberEpoch == ConsumerGroupMember.staticLeaveEpoch else {
      return Decision(try withoutMembers([member.id], topics: topics), response)
    }
    // It keeps what it has until its session ends, and what it was to give back is free. The epochs of its partitions begin anew with the member that takes its
    // place, so that nobody commits under the old name (KIP-1251).
    var left = member
    left.epoch = ConsumerGroupMember.staticLeaveEpoch
    left.assigned = member.assigned.with(epoch: 0)
    left.pendingRevocation = OwnedPartitions()
    var draft = ConsumerGroupDraft(self)
    try draft.write(.assignment(left))
    return Decision(draft.records, response)
  }

  /// The member that a heartbeat takes away.
  func leavingMember(_ request: ConsumerGroupHeartbeatRequest) throws(Refusal) -> ConsumerGroupMember {
    guard let instanceId = request.instanceId else { return try knownMember(request.memberId) }
    return try knownStaticMember(request.memberId, instanceId: instanceId)
  }

  /// Takes members out of the group (`consumerGroupFenceMembers`): those who stay get what they had, with the next target.
  public mutating func withoutMembers(_ ids: [String], topics: any TopicsOfGroups) throws(Refusal) -> [CoordinatorRecord] {
    let leaving = ids.compactMap { members[$0] }
    if leaving.isEmpty { return [] }
    var draft = ConsumerGroupDraft(self)
    for member in leaving { try draft.remove(member.id) }
    for pattern in leaving.compactMap(\.subscribedPattern).sortedOnce { try draft.forgetUnusedPattern(pattern) }
    try draft.bumpEpoch(metadataHash: TopicsHash.hash(of: draft.group.subscribedTopics, in: topics))
    for member in leaving { timers.forget(member.id) }
    return draft.records
  }

  /// Takes the group away with all that is written of it (`ConsumerGroup.createGroupTombstoneRecords`). Members come first: the record that ends the group is last.
  public func removal() throws(Refusal) -> [CoordinatorRecord] {
    var draft = ConsumerGroupDraft(self)
    for member in members.keys { try draft.write(.assignment(member, nil)) }
    for member in members.keys { try draft.write(.target(member, nil)) }
    try draft.write(.targetEpoch(nil))
    for member in members.keys { try draft.write(.member(member, nil)) }
    for pattern in patterns.keys { try draft.write(.pattern(pattern, nil)) }
    try draft.write(.subscriptionMetadata(nil))
    try draft.write(.epoch(nil))
    return draft.records
  }

  /// Who would delete the group must find it empty.
  func checkDeletion() throws(Refusal) {
    if !members.isEmpty { throw Refusal(.nonEmptyGroup, "The group is not empty.") }
  }
}

extension ConsumerGroupHeartbeatResponse {
  /// What a member hears that leaves.
  init(leaving member: String, _ epoch: Int32) {
    self.init()
    (memberId, memberEpoch) = (member, epoch)
  }
}
