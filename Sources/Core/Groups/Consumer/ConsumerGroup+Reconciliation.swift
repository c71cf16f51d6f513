import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  typealias OwnedTopics = [ConsumerGroupHeartbeatRequest.TopicPartitions]

  /// Moves a member a step towards its target (`GroupMetadataManager.maybeReconcile`, `CurrentAssignmentBuilder`): it first gives up partitions, and
  /// gets none that another member still owns. `owned` is what the member reports; nil if it reports nothing.
  func reconciled(
    _ member: ConsumerGroupMember, isSubscriptionChanged: Bool, owned: OwnedTopics?, topics: any TopicsOfGroups, _ switches: GroupSwitches
  ) throws(Refusal) -> ConsumerGroupMember {
    switch member.state {
    case .stable:
      if member.epoch != targetEpoch { return nextStep(member, from: member.epoch, owned, topics, switches) }
      return isSubscriptionChanged ? withoutUnwanted(member, owned, topics) : member
    case .unrevokedPartitions:
      // A partition counts as given up once the member no longer reports it.
      if Self.owns(owned, anyOf: member.pendingRevocation) {
        return isSubscriptionChanged ? withoutUnwanted(member, owned, topics) : member
      }
      return nextStep(member, from: member.epoch, owned, topics, switches)
    case .unreleasedPartitions:
      return nextStep(member, from: member.epoch, owned, topics, switches)
    case .unknown:
      mark(.memberStateUnknown)
      guard let owned, owned.isEmpty else {
        throw Refusal(
          .fencedMemberEpoch, "The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.")
      }
      return nextStep(member, from: targetEpoch, owned, topics, switches)
    }
  }

  private func nextStep(
    _ member: ConsumerGroupMember, from epoch: Int32, _ owned: OwnedTopics?, _ topics: any TopicsOfGroups, _ switches: GroupSwitches
  ) -> ConsumerGroupMember {
    let target = wanted(targets[member.id] ?? PartitionAssignment(), by: member, topics)
    let entries = member.assigned.entries
    let kept = entries.filter { target.contains($0.partition, of: $0.topic) }
    let revoked = OwnedPartitions(entries.filter { !target.contains($0.partition, of: $0.topic) })
    if !revoked.isEmpty, Self.owns(owned, anyOf: revoked) {
      mark(.revocationAsked)
      return member.moved(to: epoch, .unrevokedPartitions, assigned: OwnedPartitions(kept), pendingRevocation: revoked)
    }
    var gained: [(topic: Uuid, partition: Int32, epoch: Int32)] = []
    var waits = false
    for topic in target.topics {
      for partition in topic.partitions where !member.assigned.contains(partition, of: topic.id) {
        // What the member itself has just given up is free. Without waiting for the acknowledgements of others, a partition is given to two members
        // at once.
        if owner(of: partition, of: topic.id) == nil || member.pendingRevocation.contains(partition, of: topic.id) || switches.releaseWithoutAck {
          gained.append((topic: topic.id, partition: partition, epoch: targetEpoch))
        } else {
          mark(.memberWaitsForRelease)
          waits = true
        }
      }
    }
    return member.moved(
      to: targetEpoch, waits ? .unreleasedPartitions : .stable, assigned: OwnedPartitions(kept + gained), pendingRevocation: OwnedPartitions())
  }

  /// Removes what the member no longer subscribes to, without looking at the target.
  private func withoutUnwanted(_ member: ConsumerGroupMember, _ owned: OwnedTopics?, _ topics: any TopicsOfGroups) -> ConsumerGroupMember {
    let wanted = wanted(member.assigned.assignment, by: member, topics)
    let entries = member.assigned.entries
    let unwanted = entries.filter { !wanted.contains($0.partition, of: $0.topic) }
    if unwanted.isEmpty { return member }
    let kept = OwnedPartitions(entries.filter { wanted.contains($0.partition, of: $0.topic) })
    let revoked = OwnedPartitions(member.pendingRevocation.entries + unwanted)
    if Self.owns(owned, anyOf: revoked) {
      return member.moved(to: member.epoch, .unrevokedPartitions, assigned: kept, pendingRevocation: revoked)
    }
    return member.moved(to: member.epoch, member.state, assigned: kept, pendingRevocation: member.pendingRevocation)
  }

  /// The part of an assignment that the member subscribes to and that exists.
  private func wanted(_ assignment: PartitionAssignment, by member: ConsumerGroupMember, _ topics: any TopicsOfGroups) -> PartitionAssignment {
    let names = wantedTopics(of: member)
    return PartitionAssignment(assignment.topics.lazy.filter { topic in
      topics.topic(of: topic.id).map { names.containsSorted($0.name) } == true
    }.map { ($0.id, $0.partitions) })
  }

  /// A member that reports nothing may own anything.
  private static func owns(_ owned: OwnedTopics?, anyOf partitions: OwnedPartitions) -> Bool {
    guard let owned else { return true }
    return owned.contains { topic in topic.partitions.contains { partitions.contains($0, of: topic.topicId) } }
  }
}

extension ConsumerGroupDraft {
  /// Moves a member a step towards its target and records that; returns whether there was a step to take.
  @discardableResult
  mutating func reconcile(
    _ member: inout ConsumerGroupMember, isSubscriptionChanged: Bool, owned: ConsumerGroup.OwnedTopics?, topics: any TopicsOfGroups, _ switches: GroupSwitches
  ) throws(Refusal) -> Bool {
    let reconciled = try group.reconciled(member, isSubscriptionChanged: isSubscriptionChanged, owned: owned, topics: topics, switches)
    if reconciled == member { return false }
    group.requireStep(from: member, to: reconciled, owned: owned, switches)
    try write(.assignment(reconciled))
    member = reconciled
    return true
  }
}

extension ConsumerGroupMember {
  fileprivate func moved(to epoch: Int32, _ state: State, assigned: OwnedPartitions, pendingRevocation: OwnedPartitions) -> ConsumerGroupMember {
    var member = self
    member.previousEpoch = self.epoch
    member.epoch = epoch
    member.state = state
    member.assigned = assigned
    member.pendingRevocation = pendingRevocation
    return member
  }
}
