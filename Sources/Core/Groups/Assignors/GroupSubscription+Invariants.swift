import Primitives

extension GroupSubscription {
  /// Checks that a target gives each partition to one member, and only to one that wants its topic.
  func requireEachOnce(_ targets: [PartitionAssignment], _ group: String) {
    mustHold(targets.count == members.count, "group \(group): \(targets.count) members have a target, of \(members.count)")
    var taken: [Uuid: [Bool]] = [:]
    var wanted = 0, given = 0
    for topic in topics {
      taken[topic] = Array(repeating: false, count: Int(partitionCount(of: topic)))
      wanted += Int(partitionCount(of: topic))
    }
    for (member, target) in zip(members, targets) {
      for topic in target.topics {
        mustHold(member.wants(topic.id), "group \(group): the target gives \(member.id) partitions of \(topic.id), to which it does not subscribe")
        for partition in topic.partitions {
          mustHold(
            Self.take(Int(partition), of: &taken[topic.id, default: []]),
            "group \(group): the target gives \(topic.id)-\(partition) to \(member.id), which others have or nobody can")
          given += 1
        }
      }
    }
    mustHold(given == wanted, "group \(group): the target gives away \(given) partitions, of \(wanted)")
  }

  /// Whether there is such a partition, and nobody had it.
  private static func take(_ partition: Int, of taken: inout [Bool]) -> Bool {
    guard taken.indices.contains(partition), !taken[partition] else { return false }
    taken[partition] = true
    return true
  }
}
