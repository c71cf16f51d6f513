import Controller
import Host
import Primitives

/// Checks that a reassignment ends when the replicas that it adds are in sync: until then the former ones are needed.
struct Reassignments {
  /// Partitions that are being reassigned, as they were last seen; only looked up.
  private var underWay: [TopicPartition: PartitionRegistration] = [:]

  /// Looks at a partition in what the active controller has committed.
  mutating func look(at partition: PartitionRegistration, _ name: TopicPartition, _ check: inout InvariantCheck) {
    let former = underWay[name]
    underWay[name] = partition.addingReplicas.isEmpty && partition.removingReplicas.isEmpty ? nil : partition
    // Changes in between would hide whether it was in sync at the end; and an operator may have called it off.
    guard let former, underWay[name] == nil, partition.partitionEpoch == former.partitionEpoch.next, former.addingReplicas.allSatisfy(partition.replicas.contains) else { return }
    check.require(
      former.addingReplicas.allSatisfy(partition.isr.contains),
      "\(name): its reassignment to \(partition.replicas) is over, which added \(former.addingReplicas), and \(partition.isr) are in sync")
  }
}
