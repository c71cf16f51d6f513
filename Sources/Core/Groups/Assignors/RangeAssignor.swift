import Primitives

/// Splits each topic into ranges, one for each of its members; the first ranges are one partition longer if the division leaves a remainder. Static
/// members come first, in the order of their instance ids, so that a restart changes nothing; then the others by their ids
/// (`RangeAssignor.sortMemberIds`).
///
/// Topics with equal numbers of partitions and the same members are split alike: partitions with the same number go to the same member.
enum RangeAssignor {
  static func assign(_ subscription: GroupSubscription) -> [PartitionAssignment] {
    var topics: [Uuid: TopicCut] = [:]
    for member in subscription.members {
      for topic in member.topics { topics[topic, default: TopicCut(partitions: subscription.partitionCount(of: topic))].members += 1 }
    }
    var assignments = Array(repeating: PartitionAssignment(), count: subscription.members.count)
    for index in order(of: subscription.members) {
      assignments[index] = PartitionAssignment(
        subscription.members[index].topics.map { topic in (topic, Array(topics[topic]!.cutNext())) })
    }
    return assignments
  }

  private static func order(of members: [GroupSubscription.Member]) -> [Int] {
    members.indices.sorted { left, right in
      switch (members[left].instanceId, members[right].instanceId) {
      case (let first?, let second?): first < second
      case (_?, nil): true
      case (nil, _?): false
      case (nil, nil): members[left].id < members[right].id
      }
    }
  }

  private struct TopicCut {
    let partitions: Int32
    var members: Int32 = 0
    var served: Int32 = 0
    var next: Int32 = 0

    init(partitions: Int32) { self.partitions = partitions }

    mutating func cutNext() -> Range<Int32> {
      let count = partitions / members + (served < partitions % members ? 1 : 0)
      defer {
        next += count
        served += 1
      }
      return next..<(next + count)
    }
  }
}
