import Primitives

/// Assigns partitions to members that all want the same topics: each member gets the same number, or one more, and keeps as much of its previous
/// target as fits (`UniformHomogeneousAssignmentBuilder`).
enum UniformHomogeneousAssignor {
  static func assign(_ subscription: GroupSubscription) -> [PartitionAssignment] {
    guard !subscription.topics.isEmpty else { return subscription.members.map { _ in PartitionAssignment() } }
    var free = unassigned(subscription)
    let total = subscription.topics.reduce(0) { $0 + Int(subscription.partitionCount(of: $1)) }
    let (least, surplus) = total.quotientAndRemainder(dividingBy: subscription.members.count)
    // How many members may still have one more than the others.
    var extras = surplus
    var kept: [[(Uuid, [Int32])]] = []
    var room: [Int] = []
    for (index, member) in subscription.members.enumerated() {
      var takesExtra = extras > 0
      var quota = least + (takesExtra ? 1 : 0)
      var topics: [(Uuid, [Int32])] = []
      for topic in member.target.topics where member.wants(topic.id) {
        let stays = min(quota, topic.partitions.count)
        topics.append((topic.id, Array(topic.partitions[..<stays])))
        free += topic.partitions[stays...].map { (topic.id, $0) }
        quota -= stays
      }
      // A member that does not need the extra partition leaves it to another that already has one, as long as there are enough others.
      if quota > 0, takesExtra, subscription.members.count - index > extras {
        quota -= 1
        takesExtra = false
      }
      if takesExtra { extras -= 1 }
      kept.append(topics)
      room.append(quota)
    }
    var next = 0
    return kept.indices.map { index in
      let end = min(free.count, next + room[index])
      defer { next = end }
      return PartitionAssignment(kept[index] + free[next..<end].map { ($0.0, [$0.1]) })
    }
  }

  private static func unassigned(_ subscription: GroupSubscription) -> [(Uuid, Int32)] {
    var free: [(Uuid, Int32)] = []
    for topic in subscription.topics {
      for partition in 0..<subscription.partitionCount(of: topic) where !subscription.isAssigned(partition, of: topic) { free.append((topic, partition)) }
    }
    return free
  }
}
