import Primitives

extension ClassicLeader {
  /// Checks that an assignment gives no partition twice, and each to somebody who subscribes to its topic.
  ///
  /// The cooperative assignor leaves out what has to be given up first; what an application's own assignor does is up to it.
  func requireEachOnce(_ assignment: [[TopicPartition]], of topics: [AssignableTopic], to members: [SubscribedMember], by assignor: any PartitionAssignor) {
    let isCooperative = assignor is CooperativeStickyAssignor
    guard isCooperative || assignor is RangeAssignor || assignor is RoundRobinAssignor || assignor is StickyAssignor else { return }
    var given: Set<TopicPartition> = []
    for (member, partitions) in zip(members, assignment) {
      for partition in partitions {
        mustHold(given.insert(partition).inserted, "consumer: \(partition) is assigned to \(member.id), and to somebody before")
        mustHold(member.topics.contains(partition.topic), "consumer: \(partition) is assigned to \(member.id), which does not subscribe to it")
      }
    }
    let count = topics.reduce(0) { $0 + $1.partitionCount }
    mustHold(isCooperative ? given.count <= count : given.count == count, "consumer: \(given.count) partitions are assigned to \(members.count) members, of \(count)")
  }
}
