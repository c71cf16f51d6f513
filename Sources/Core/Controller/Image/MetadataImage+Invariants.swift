import Host
import Primitives

extension MetadataImage {
  /// Checks what must hold of the metadata between two batches of records.
  ///
  /// - Parameter words: The owner of the image.
  public func checkInvariants(_ check: inout InvariantCheck, _ words: @autoclosure () -> String) {
    check.require(topicIDs.count == topics.count, "\(words()): there are \(topics.count) topics, and \(topicIDs.count) names")
    if check.isWhole {
      check.requireOrder(of: brokers, { $0.id < $1.id }) { "\(words()): broker \($1.id) stands behind broker \($0.id)" }
      check.requireOrder(of: controllers, { $0.id < $1.id }) { "\(words()): controller \($1.id) stands behind controller \($0.id)" }
    }
    check.each(of: topics.values.elements) { topic, check in
      check.require(topicIDs[topic.name] == topic.id, "\(words()): topic \(topic.name) is not found by its name")
      check.each(of: topic.partitions.indices) { index, check in
        let partition = topic.partitions[index]
        partition.checkInvariants(&check, "\(words()): \(topic.name)-\(index)")
        checkMembers(of: partition, &check, "\(words()): \(topic.name)-\(index)")
        guard partition.hasLeader else { return }
        let leader = broker(partition.leader)
        check.require(
          leader?.isFenced == false,
          "\(words()): \(topic.name)-\(index) is led by broker \(partition.leader), which is \(leader == nil ? "not registered" : "fenced")")
      }
    }
  }
}

extension MetadataImage {
  /// A broker that is fenced, or on its way out, is in no ISR (KIP-841). Without eligible leader replicas the last members of an ISR stay in it, whatever becomes of them.
  private func checkMembers(of partition: PartitionRegistration, _ check: inout InvariantCheck, _ words: @autoclosure () -> String) {
    guard features.hasEligibleLeaderReplicas else { return }
    for member in partition.isr {
      check.require(
        isActive(member),
        "\(words()): broker \(member) is in the ISR \(partition.isr), and is \(broker(member)?.isFenced == false ? "shutting down" : "fenced")")
    }
  }
}

extension PartitionRegistration {
  func checkInvariants(_ check: inout InvariantCheck, _ words: @autoclosure () -> String) {
    check.require(!replicas.isEmpty && isDistinct(replicas), "\(words()): its replicas are \(replicas)")
    check.require(directories.count == replicas.count, "\(words()): \(directories.count) directories are known of \(replicas.count) replicas")
    check.require(isDistinct(isr) && isWithinReplicas(isr), "\(words()): the ISR \(isr) is not within the replicas \(replicas)")
    check.require(
      isDistinct(eligibleLeaderReplicas) && isWithinReplicas(eligibleLeaderReplicas) && !eligibleLeaderReplicas.contains(where: isr.contains),
      "\(words()): the eligible leader replicas \(eligibleLeaderReplicas) do not fit the ISR \(isr) of the replicas \(replicas)")
    check.require(isWithinReplicas(addingReplicas), "\(words()): \(addingReplicas) are being added, and the replicas are \(replicas)")
    check.require(isWithinReplicas(removingReplicas), "\(words()): \(removingReplicas) are being removed, and the replicas are \(replicas)")
    check.require(!hasLeader || isr.contains(leader), "\(words()): it is led by broker \(leader), which is not in the ISR \(isr)")
    check.require(leaderEpoch >= 0 && partitionEpoch >= 0, "\(words()): it is in leader epoch \(leaderEpoch) and partition epoch \(partitionEpoch)")
  }

  private func isWithinReplicas(_ nodes: [NodeID]) -> Bool { nodes.allSatisfy(replicas.contains) }

  /// There are about three: comparing is faster than hashing.
  private func isDistinct(_ nodes: [NodeID]) -> Bool { nodes.indices.allSatisfy { !nodes[..<$0].contains(nodes[$0]) } }
}
