import Primitives
import Wire

extension ConsumerGroup {
  /// Applies a record of this group (`GroupMetadataManager.replay`).
  ///
  /// A compacted log may have lost records between two of the same key, so any order is accepted: a later record wins, and only the owner of a
  /// partition can give it up. A record that deletes the group (`deletesGroup`) is handled by the owner of the groups.
  public mutating func apply(_ record: ConsumerGroupRecord) { apply(record.change) }

  mutating func apply(_ change: ConsumerGroupRecord.Change) {
    switch change {
    case .epoch(let value):
      epoch = value?.epoch ?? Self.firstEpoch
      metadataHash = value?.metadataHash ?? 0
    case .subscriptionMetadata(let value):
      hasSubscriptionMetadataRecord = value != nil
    case .member(let id, let value):
      applyMember(id, value)
    case .targetEpoch(let value):
      targetEpoch = value?.assignmentEpoch ?? Self.firstEpoch
      targetTimestamp = Timestamp(milliseconds: value?.assignmentTimestamp ?? 0)
    case .target(let id, let value):
      targets[id] = value.map { PartitionAssignment($0.topicPartitions.map { ($0.topicId, $0.partitions) }) }
    case .assignment(let id, let value):
      applyAssignment(id, value)
    case .pattern(let pattern, let value):
      patterns[pattern] = value.map {
        ResolvedPattern(topics: $0.topics.sortedOnce, version: $0.version, timestamp: Timestamp(milliseconds: $0.timestamp))
      }
    }
  }

  private mutating func applyMember(_ id: String, _ value: ConsumerGroupMemberMetadataValue?) {
    let former = members[id]
    if let instance = former?.instanceId, staticMembers[instance] == id { staticMembers[instance] = nil }
    guard let value else {
      if let former { release(former) }
      members[id] = nil
      timers.forget(id)
      return
    }
    var member = former ?? ConsumerGroupMember(id: id)
    member.take(value)
    if let instance = member.instanceId { staticMembers[instance] = id }
    members[id] = member
  }

  private mutating func applyAssignment(_ id: String, _ value: ConsumerGroupCurrentMemberAssignmentValue?) {
    let former = members[id]
    if let former { release(former) }
    // The member itself stays until its own record is deleted.
    guard value != nil || former != nil else { return }
    var member = former ?? ConsumerGroupMember(id: id)
    if let value {
      member.take(value)
    } else {
      member.epoch = ConsumerGroupMember.leaveEpoch
      member.previousEpoch = ConsumerGroupMember.leaveEpoch
      member.assigned = OwnedPartitions()
      member.pendingRevocation = OwnedPartitions()
    }
    for partition in member.assigned.entries + member.pendingRevocation.entries { owners[TopicPartitionKey(partition.topic, partition.partition)] = id }
    members[id] = member
  }

  private mutating func release(_ member: ConsumerGroupMember) {
    for partition in member.assigned.entries + member.pendingRevocation.entries {
      let key = TopicPartitionKey(partition.topic, partition.partition)
      if owners[key] == member.id { owners[key] = nil }
    }
  }
}
