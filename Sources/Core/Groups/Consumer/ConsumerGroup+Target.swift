import Coordination
import Primitives
import Wire

extension ConsumerGroupDraft {
  /// Computes the target if the group has a later epoch (`updateTargetAssignment`, `TargetAssignmentBuilder`), unless the last target is younger than
  /// the assignment interval (KIP-1263): in that case the first heartbeat after the interval computes it.
  mutating func updateTarget(topics: any TopicsOfGroups, settings: ConsumerGroupSettings, at wallClock: Timestamp) throws(Refusal) {
    guard group.epoch > group.targetEpoch, group.mayRetarget(settings, at: wallClock) else { return }
    let former = group.targets
    let subscription = group.subscription(topics)
    let targets = group.assignor(settings).assign(subscription)
    subscription.requireEachOnce(targets, group.id)
    for (member, target) in zip(subscription.members, targets) where former[member.id] != target {
      try write(.target(member.id, target))
    }
    try write(.targetEpoch(group.epoch, at: wallClock))
  }
}

extension ConsumerGroup {
  func mayRetarget(_ settings: ConsumerGroupSettings, at wallClock: Timestamp) -> Bool {
    targetTimestamp.milliseconds == 0 || settings.assignmentInterval.milliseconds == 0
      || wallClock >= targetTimestamp + settings.assignmentInterval
  }

  /// The assignor that most members name; in a tie, the first in the broker's list.
  func assignor(_ settings: ConsumerGroupSettings) -> ServerAssignor {
    var best = settings.assignors.first ?? .uniform
    var votes = 0
    for assignor in settings.assignors {
      let count = members.values.reduce(0) { $0 + ($1.assignor == assignor.rawValue ? 1 : 0) }
      if count > votes { (best, votes) = (assignor, count) }
    }
    return best
  }

  fileprivate func subscription(_ topics: any TopicsOfGroups) -> GroupSubscription {
    let isHomogeneous = isHomogeneous
    var common: [Uuid]?
    var counts: [Uuid: Int32] = [:]
    let wanted = members.values.map { member in
      if let common { return GroupSubscription.Member(self, member, common) }
      var ids: [Uuid] = []
      for name in wantedTopics(of: member) {
        guard let topic = topics.topic(named: name) else { continue }
        counts[topic.id] = topic.partitionCount
        ids.append(topic.id)
      }
      ids.sort()
      if isHomogeneous { common = ids }
      return GroupSubscription.Member(self, member, ids)
    }
    return GroupSubscription(members: wanted, isHomogeneous: isHomogeneous) { counts[$0] ?? 0 }
  }
}

extension GroupSubscription.Member {
  fileprivate init(_ group: ConsumerGroup, _ member: ConsumerGroupMember, _ topics: [Uuid]) {
    self.init(id: member.id, instanceId: member.instanceId, topics: topics, target: group.targets[member.id] ?? PartitionAssignment())
  }
}
