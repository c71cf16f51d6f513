import Primitives
import Wire

// What must hold of each change of a partition: looked at when it is decided, from the partition before it and what its record makes of that.

extension PartitionChange {
  private var words: String { "partition \(id.partition)" }

  /// Checks the replicas of a change, and that a reassignment ends only when what it adds is in sync.
  func requireReassignment(_ change: PartitionChange) {
    mustHold(
      change.replicas.allSatisfy { before.replicas.contains($0) || change.isr.contains($0) || change.adding.contains($0) },
      "\(words): of its replicas \(change.replicas) some are new, neither in sync (\(change.isr)) nor being added (\(change.adding))")
    mustHold(
      change.adding.isEmpty && change.removing.isEmpty || before.replicas.allSatisfy(change.replicas.contains),
      "\(words): of its replicas \(before.replicas) some are gone from \(change.replicas), and \(change.adding) are still being added, \(change.removing) removed")
    guard change.adding != adding || change.removing != removing else { return }
    mustHold(
      !change.isr.isEmpty && adding.allSatisfy(change.isr.contains) && !removing.contains { change.replicas.contains($0) || change.isr.contains($0) },
      "\(words): its reassignment is over, which adds \(adding) and removes \(removing), and \(change.isr) of \(change.replicas) are in sync")
    mustHold(
      reassignmentCompletion != .allReplicasIfFewer || removing.count <= adding.count || change.replicas.allSatisfy(change.isr.contains),
      "\(words): its reassignment to fewer replicas \(change.replicas) is over, and \(change.isr) are in sync")
  }

  /// Checks what a record makes of the partition.
  ///
  /// - Parameters:
  ///   - change: as it is when the record is made.
  ///   - candidates: the same before the election.
  func requireResult(_ record: PartitionChangeRecord, of change: PartitionChange, electedFrom candidates: PartitionChange) {
    let after = before.applying(record)
    mustHold(
      after.replicas == change.replicas && after.addingReplicas == change.adding && after.removingReplicas == change.removing
        && after.eligibleLeaderReplicas == change.eligible && (after.isr == change.isr || change.isr.isEmpty && !hasEligibleLeaderReplicas),
      "\(words): by the record it has the ISR \(after.isr) and the ELR \(after.eligibleLeaderReplicas) of \(after.replicas), and decided are "
        + "\(change.isr) and \(change.eligible) of \(change.replicas)")
    mustHold(
      before.replicas.allSatisfy(after.replicas.contains) || after.leaderEpoch > before.leaderEpoch,
      "\(words): of its replicas \(before.replicas) only \(after.replicas) are left, and the leader epoch stays \(before.leaderEpoch)")
    mustHold(
      election == .unclean || after.isr.allSatisfy { before.isr.contains($0) || isAlive($0) }, "\(words): to the ISR \(before.isr) come brokers that are not active: \(after.isr)")
    mustHold(
      uncleanShutdown.map { !after.isr.contains($0) && !after.eligibleLeaderReplicas.contains($0) } ?? true,
      "\(words): broker \(uncleanShutdown ?? .none) came back from an unclean shutdown, and is in the ISR \(after.isr) or the ELR \(after.eligibleLeaderReplicas)")
    requireElection(after, candidates)
    requireEligible(after, candidates)
  }

  /// Who leads was in sync, or eligible where nobody is in sync (KIP-966). Anybody else leads only where none of those is left, and begins anew.
  private func requireElection(_ after: PartitionRegistration, _ candidates: PartitionChange) {
    mustHold(!after.hasLeader || after.isr.contains(after.leader), "\(words): broker \(after.leader) is to lead, and the ISR is \(after.isr)")
    func mayLead(_ replica: NodeID) -> Bool {
      let isFit = candidates.isr.contains(replica) || hasEligibleLeaderReplicas && candidates.isr.isEmpty && candidates.eligible.contains(replica)
      return isFit && candidates.replicas.contains(replica) && isAcceptableLeader(replica)
    }
    let isFit = after.leader == before.leader || mayLead(after.leader)
    guard !after.hasLeader || !isFit || chosen != nil else { return }
    mustHold(
      chosen != nil || !candidates.replicas.contains(where: mayLead),
      "\(words): \(after.hasLeader ? "broker \(after.leader)" : "nobody") is to lead, and of the ISR \(candidates.isr) and the ELR \(candidates.eligible) somebody is there")
    guard after.hasLeader else { return }
    mustHold(
      after.isr == [after.leader] && after.eligibleLeaderReplicas.isEmpty && after.leaderRecoveryState == .recovering,
      "\(words): broker \(after.leader) is elected uncleanly, and the ISR is \(after.isr), the ELR \(after.eligibleLeaderReplicas), it is \(after.leaderRecoveryState)")
    mustHold(
      chosen != nil || election == .unclean || before.lastKnownEligibleLeaderReplicas == [after.leader],
      "\(words): broker \(after.leader) is elected from outside of the ISR \(candidates.isr) and the ELR \(candidates.eligible), and that is not allowed")
  }

  /// Who was in sync or eligible remains one of the two, as long as the ISR is below its minimum (KIP-966).
  private func requireEligible(_ after: PartitionRegistration, _ candidates: PartitionChange) {
    guard hasEligibleLeaderReplicas else { return }
    mustHold(
      after.eligibleLeaderReplicas.isEmpty || candidates.isr.count < minInSyncReplicas,
      "\(words): replicas \(after.eligibleLeaderReplicas) are eligible, and the ISR \(candidates.isr) has the \(minInSyncReplicas) members that it needs")
    if candidates.isr.count < min(minInSyncReplicas, after.replicas.count), after.leaderRecoveryState == .recovered {
      let lost = (before.isr + before.eligibleLeaderReplicas).filter {
        !after.isr.contains($0) && !after.eligibleLeaderReplicas.contains($0) && $0 != uncleanShutdown && after.replicas.contains($0)
      }
      mustHold(lost.isEmpty, "\(words): brokers \(lost) are neither in the ISR \(after.isr) nor in the ELR \(after.eligibleLeaderReplicas), and have everything")
    }
    mustHold(
      !after.isr.isEmpty || !before.hasLeader || after.lastKnownEligibleLeaderReplicas == [before.leader],
      "\(words): broker \(before.leader) led last, and last known to lead are \(after.lastKnownEligibleLeaderReplicas)")
    mustHold(
      !after.hasLeader || after.lastKnownEligibleLeaderReplicas.isEmpty,
      "\(words): broker \(after.leader) leads, and last known to lead are \(after.lastKnownEligibleLeaderReplicas)")
  }
}
