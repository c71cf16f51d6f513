import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// Handles a heartbeat with which a member leaves: for good, or for a while as a static member (`GroupMetadataManager.consumerGroupLeave`).
  mutating func leave(_ request: ConsumerGroupHeartbeatRequest, topics: any TopicsOfGroups) throws(Refusal)
    -> Decision<CoordinatorRecord, ConsumerGroupHeartbeatResponse>
  {
    let member = try leavingMember(request)
    let response = ConsumerGroupHeartbeatResponse(leaving: member.id, request.memberEpoch)
    guard request.instanceId != nil, request.memberEpoch == ConsumerGroupMember.staticLeaveEpoch else {
      return Decision(try withoutMembers([member.id], topics: topics), response)
    }
    // It keeps its partitions until its session ends, and those that it had to give up are free. Its replacement gets the partitions in new epochs,
    // so that nobody can commit under the old id (KIP-1251).
    mark(.staticMemberAway)
    var left = member
    left.epoch = ConsumerGroupMember.staticLeaveEpoch
    left.assigned = member.assigned.with(epoch: 0)
    left.pendingRevocation = OwnedPartitions()
    var draft = ConsumerGroupDraft(self)
    try draft.write(.assignment(left))
    return Decision(draft.records, response)
  }

  /// The member that a heartbeat removes.
  func leavingMember(_ request: ConsumerGroupHeartbeatRequest) throws(Refusal) -> ConsumerGroupMember {
    guard let instanceId = request.instanceId else { return try knownMember(request.memberId) }
    return try knownStaticMember(request.memberId, instanceId: instanceId)
  }

  /// Removes members from the group (`consumerGroupFenceMembers`): the others get their partitions with the next target.
  public func withoutMembers(_ ids: [String], topics: any TopicsOfGroups) throws(Refusal) -> [CoordinatorRecord] {
    let leaving = ids.compactMap { members[$0] }
    if leaving.isEmpty { return [] }
    var draft = ConsumerGroupDraft(self)
    for member in leaving { try draft.remove(member.id) }
    for pattern in leaving.compactMap(\.subscribedPattern).sortedOnce { try draft.forgetUnusedPattern(pattern) }
    try draft.bumpEpoch(metadataHash: TopicsHash.hash(of: draft.group.subscribedTopics, in: topics))
    requireGone(leaving, after: draft.group)
    return draft.records
  }

  /// Deletes the group with all its records (`ConsumerGroup.createGroupTombstoneRecords`). Members come first: the record that ends the group is
  /// last.
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

  /// Throws unless the group is empty: only then may it be deleted.
  func checkDeletion() throws(Refusal) {
    if !members.isEmpty { throw Refusal(.nonEmptyGroup, "The group is not empty.") }
  }
}

extension ConsumerGroupHeartbeatResponse {
  /// The response to a member that leaves.
  init(leaving member: String, _ epoch: Int32) {
    self.init()
    (memberId, memberEpoch) = (member, epoch)
  }
}
