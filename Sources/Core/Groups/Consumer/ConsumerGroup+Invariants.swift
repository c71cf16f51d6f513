import Host
import Primitives

extension ConsumerGroup {
  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    check.require(targetEpoch <= epoch, "\(name): its target is for epoch \(targetEpoch), but it is in epoch \(epoch)")
    let isStable = state == .stable
    for member in members.values {
      if isStable {
        check.require(
          member.assigned.assignment == targets[member.id] ?? PartitionAssignment(),
          "\(name): it is stable, but \(member.id) does not own its target")
      }
      for entry in member.assigned.entries + member.pendingRevocation.entries {
        let owner = owner(of: entry.partition, of: entry.topic)
        check.require(owner == member.id, "\(name): \(member.id) has \(entry.topic)-\(entry.partition), which is \(owner ?? "nobody")'s")
      }
    }
  }
}
