import Host
import Primitives

extension Consumer {
  /// Checks what must hold between two events, until the consumer is closed.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard !isClosed else { return }
    group?.checkInvariants(&check)
    check.require(
      partitions.count == assignedPartitions.count, "consumer: \(assignedPartitions.count) partitions are assigned, and \(partitions.count) are found by their names")
    check.each(of: assignedPartitions) { assigned, check in
      let partition = assigned.partition
      check.require(partitions[partition] === assigned && assigned.isAssigned, "consumer: \(partition) is assigned, and is not found by its name")
      check.require(!assigned.isFetching || assigned.position != nil, "consumer: \(partition) is fetched, and has no position")
      check.require(assigned.isFetching || assigned.isUnsettled, "consumer: \(partition) has no checked position, and nobody looks after that")
    }
    check.each(of: restless.members) { assigned, check in check.require(!assigned.isResting, "consumer: \(assigned.partition) rests, but is in the restless list") }
    guard check.isWhole else { return }
    let awake = assignedPartitions.count(where: { !$0.isResting }), looked = restless.members.count(where: \.isAssigned)
    check.require(awake == looked, "consumer: \(looked) partitions are in the restless list, but \(awake) do not rest")
    for source in sources {
      let resting = assignedPartitions.count(where: { $0.isResting && $0.sessions.first === source })
      check.require(
        source.restingPartitions == resting, "consumer: \(source.restingPartitions) partitions count as resting in the session with broker \(source.broker), and \(resting) rest")
    }
  }
}
