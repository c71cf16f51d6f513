import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// Checks a heartbeat independently of the group (`GroupCoordinatorService.throwIfConsumerGroupHeartbeatRequestIsInvalid`).
  public static func check(_ request: ConsumerGroupHeartbeatRequest, version: Int16, settings: ConsumerGroupSettings) throws(Refusal) {
    // From version 1 on clients choose the ids of their members (KIP-1082).
    if version >= 1 || request.memberEpoch > 0 || request.memberEpoch == ConsumerGroupMember.leaveEpoch {
      try refuse(request.memberId.isBlank, "MemberId can't be empty.")
    }
    try refuse(request.groupId.isBlank, "GroupId can't be empty.")
    try refuse(request.instanceId?.isBlank == true, "InstanceId can't be empty.")
    try refuse(request.rackId?.isBlank == true, "RackId can't be empty.")
    if request.memberEpoch == 0 {
      try refuse(request.rebalanceTimeoutMs == -1, "RebalanceTimeoutMs must be provided in first request.")
      try refuse(request.topicPartitions?.isEmpty != true, "TopicPartitions must be empty when (re-)joining.")
      try refuse(
        request.subscribedTopicNames == nil && request.subscribedTopicRegex == nil,
        "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.")
    } else if request.memberEpoch == ConsumerGroupMember.staticLeaveEpoch {
      try refuse(request.instanceId == nil, "InstanceId can't be null.")
    } else {
      try refuse(request.memberEpoch < ConsumerGroupMember.staticLeaveEpoch, "MemberEpoch is invalid.")
    }
    if let assignor = request.serverAssignor, !settings.assignors.contains(where: { $0.rawValue == assignor }) {
      let known = settings.assignors.map(\.rawValue).joined(separator: ", ")
      throw Refusal(.unsupportedAssignor, "ServerAssignor \(assignor) is not supported. Supported assignors: \(known).")
    }
  }

  private static func refuse(_ isWrong: Bool, _ message: String) throws(Refusal) {
    if isWrong { throw Refusal(.invalidRequest, message) }
  }

  /// The member that sent a heartbeat with a positive epoch, or one to leave.
  func knownMember(_ id: String) throws(Refusal) -> ConsumerGroupMember {
    guard let member = members[id] else {
      mark(.memberUnknown)
      throw Refusal(.unknownMemberId, "Member \(id) is not a member of group \(self.id).")
    }
    return member
  }

  func knownStaticMember(_ id: String, instanceId: String) throws(Refusal) -> ConsumerGroupMember {
    guard let member = member(of: instanceId) else { throw Refusal(.unknownMemberId, "Instance id \(instanceId) is unknown.") }
    guard member.id == id else {
      throw Refusal(.fencedInstanceId, "Static member \(id) with instance id \(instanceId) was fenced by member \(member.id).")
    }
    return member
  }

  /// `throwIfConsumerGroupMemberEpochIsInvalid`: the previous epoch is accepted if the response with the current one may have been lost, as long as
  /// the member owns only partitions that it may own. A fenced member starts again with epoch 0, whatever is known of it (KAFKA-19233).
  static func checkEpoch(_ epoch: Int32, of member: ConsumerGroupMember, owned: [ConsumerGroupHeartbeatRequest.TopicPartitions]?) throws(Refusal) {
    if epoch == member.epoch || epoch == 0 { return }
    if epoch > member.epoch {
      mark(.memberEpochAhead)
      throw fenced("greater", epoch, member)
    }
    guard epoch == member.previousEpoch, let owned,
      owned.allSatisfy({ topic in topic.partitions.allSatisfy { member.assigned.contains($0, of: topic.topicId) } })
    else {
      mark(.memberEpochFenced)
      throw fenced("smaller", epoch, member)
    }
    mark(.memberEpochRepeated)
  }

  private static func fenced(_ comparison: String, _ epoch: Int32, _ member: ConsumerGroupMember) -> Refusal {
    Refusal(
      .fencedMemberEpoch,
      "The consumer group member has a \(comparison) member epoch (\(epoch)) than the one known by the group coordinator (\(member.epoch)). "
        + "The member must abandon all its partitions and rejoin.")
  }
}

extension String {
  /// Whether the text contains only control characters and spaces, by the rules of Java's `trim`.
  fileprivate var isBlank: Bool { utf8.allSatisfy { $0 <= 0x20 } }
}
