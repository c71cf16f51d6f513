import Primitives

/// Deals all partitions of all topics to the members in rotation (`RoundRobinAssignor`).
public struct RoundRobinAssignor: PartitionAssignor {
  public var name: String { "roundrobin" }

  public init() {}

  public func assign(_ topics: [AssignableTopic], to members: [SubscribedMember]) -> [[TopicPartition]] {
    var assignment: [[TopicPartition]] = Array(repeating: [], count: members.count)
    let order = members.indices.sorted { SubscribedMember.comesFirst(members[$0], members[$1]) }
    let wanted = members.map { Set($0.topics) }
    var turn = 0
    for topic in topics where wanted.contains(where: { $0.contains(topic.name) }) {
      for partition in topic.partitions {
        while !wanted[order[turn]].contains(topic.name) { turn = (turn + 1) % order.count }
        assignment[order[turn]].append(partition)
        turn = (turn + 1) % order.count
      }
    }
    return assignment
  }
}
