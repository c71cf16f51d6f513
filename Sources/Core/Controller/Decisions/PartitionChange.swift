import Primitives
import Wire

/// Computes the next state of a partition: its ISR and ELR, its leader, and whether a reassignment is complete.
///
/// The rules are those of KRaft's controller with KIP-966 part 1: the current leader stays if it may; otherwise the first replica, in the order of
/// preference, that is in the ISR or the ELR; otherwise the last known leader; otherwise, if that is allowed, any live replica. A replica with a
/// replaced disk leads only if no replica has its directory any more.
struct PartitionChange {
  /// Which replicas may be elected, and in which order.
  enum ElectionRule {
    /// The first replica if it may lead; otherwise the current leader; otherwise any other that may.
    case preferred
    /// The current leader if it may stay; otherwise any other that may.
    case online
    /// As `online`, then any live replica: records may be lost.
    case unclean
  }

  let before: PartitionRegistration
  let id: TopicIDPartition
  /// At most the number of replicas.
  let minInSyncReplicas: Int
  let hasEligibleLeaderReplicas: Bool
  let checksLastKnownLeader: Bool
  let electsLastKnownLeader: Bool
  let checksPreferredLeader: Bool
  let reassignmentCompletion: ControllerSwitches.ReassignmentCompletion
  let isAcceptableLeader: (NodeID) -> Bool
  /// As `isAcceptableLeader`, regardless of the disk.
  let isAlive: (NodeID) -> Bool
  /// Whether a replica is in a directory that its broker still has.
  private let hasDirectory: (NodeID) -> Bool

  var election = ElectionRule.online
  /// The leader regardless of ISR and ELR, because its log is the longest.
  var chosen: NodeID?
  var isr: [NodeID]
  var replicas: [NodeID]
  var adding: [NodeID]
  var removing: [NodeID]
  var eligible: [NodeID]
  var leaderRecoveryState: LeaderRecoveryState
  /// The replica that came back without its data: it also leaves the ELR.
  var uncleanShutdown: NodeID?
  /// The directory for new replicas.
  var directory: (NodeID) -> Uuid = { _ in DirectoryID.unassigned }

  init(
    of partition: PartitionRegistration, _ number: Int32, of topic: TopicImage, in state: ControllerState,
    isAcceptableLeader: @escaping (NodeID) -> Bool
  ) {
    before = partition
    id = TopicIDPartition(topic.id, number)
    minInSyncReplicas = state.effectiveMinInSyncReplicas(of: topic.name, replicas: partition.replicas.count)
    hasEligibleLeaderReplicas = state.image.features.hasEligibleLeaderReplicas
    checksLastKnownLeader = state.switches.checkLastKnownLeaderIsActive
    electsLastKnownLeader = !state.switches.electMostCompleteLog
    checksPreferredLeader = state.switches.checkPreferredLeaderIsActive
    reassignmentCompletion = state.switches.reassignmentCompletion
    let image = state.image
    self.isAcceptableLeader = { isAcceptableLeader($0) && image.mayHaveRecords($0, of: partition) }
    isAlive = isAcceptableLeader
    hasDirectory = { image.hasDirectory(of: $0, in: partition) }
    isr = partition.isr
    replicas = partition.replicas
    adding = partition.addingReplicas
    removing = partition.removingReplicas
    eligible = partition.eligibleLeaderReplicas
    leaderRecoveryState = partition.leaderRecoveryState
    directory = { image.broker($0)?.defaultDirectory ?? DirectoryID.unassigned }
  }

  /// The record of the change, or nil if nothing changes.
  func record() -> PartitionChangeRecord? {
    var change = self
    change.completeReassignment()
    requireReassignment(change)
    change.moveToEligible()
    let candidates = change
    var record = PartitionChangeRecord()
    record.topicId = id.topic
    record.partitionId = id.partition
    let elected = change.elect(into: &record)
    change.writeEligible(afterUnclean: elected?.isUnclean == true, into: &record)
    change.writeISR(into: &record)
    change.raiseLeaderEpochForReassignment(in: &record)
    change.writeLastKnownLeader(into: &record)
    change.writeAssignment(into: &record)
    if elected?.isUnclean != true, change.leaderRecoveryState != before.leaderRecoveryState {
      record.leaderRecoveryState = change.leaderRecoveryState.rawValue
    }
    requireResult(record, of: change, electedFrom: candidates)
    return record.changesNothing ? nil : record
  }
}

// MARK: - Election

extension PartitionChange {
  private struct Elected {
    var leader: NodeID
    var isUnclean = false
  }

  private mutating func elect(into record: inout PartitionChangeRecord) -> Elected? {
    let elected = chosen.map { Elected(leader: $0, isUnclean: true) } ?? (election == .preferred ? preferredLeader() : anyLeader())
    guard elected.leader != before.leader else { return nil }
    record.leader = elected.leader.value
    if elected.isUnclean {
      // A leader from outside the ISR becomes the whole ISR: the others follow it, whatever they have.
      mark(.uncleanElection)
      isr = [elected.leader]
      record.isr = [elected.leader.value]
      if before.leaderRecoveryState != .recovering { record.leaderRecoveryState = LeaderRecoveryState.recovering.rawValue }
    } else if eligible.contains(elected.leader) {
      mark(.eligibleLeaderElected)
      isr = [elected.leader]
      eligible.removeAll { $0 == elected.leader }
    }
    return elected
  }

  private func preferredLeader() -> Elected {
    // Without the check, even a replica that is fenced is preferred.
    if let preferred = replicas.first, mayLead(preferred) || !checksPreferredLeader && isr.contains(preferred) { return Elected(leader: preferred) }
    if mayLead(before.leader) {
      mark(.preferredLeaderUnfit)
      return Elected(leader: before.leader)
    }
    return Elected(leader: replicas.dropFirst().first(where: mayLead) ?? .none)
  }

  private func anyLeader() -> Elected {
    if mayLead(before.leader) { return Elected(leader: before.leader) }
    if let replica = replicas.first(where: mayLead) { return Elected(leader: replica) }
    if let lastKnown = electableLastKnownLeader {
      mark(.lastKnownLeaderElected)
      return Elected(leader: lastKnown, isUnclean: true)
    }
    if election == .unclean, let replica = replicas.first(where: isAcceptableLeader) ?? replicas.first(where: isAlive) {
      return Elected(leader: replica, isUnclean: true)
    }
    mark(.noLeaderElectable)
    return Elected(leader: .none)
  }

  /// An eligible replica outside of the ISR leads only if the ISR is empty: as the leader it would be the whole ISR.
  private func mayLead(_ replica: NodeID) -> Bool {
    (isr.contains(replica) || hasEligibleLeaderReplicas && isr.isEmpty && eligible.contains(replica)) && isAcceptableLeader(replica)
  }

  /// The last leader, if no replica is left in ISR and ELR: it is the best available guess.
  private var electableLastKnownLeader: NodeID? {
    guard electsLastKnownLeader, hasEligibleLeaderReplicas, isr.isEmpty, eligible.isEmpty, before.lastKnownEligibleLeaderReplicas.count == 1 else { return nil }
    let lastKnown = before.lastKnownEligibleLeaderReplicas[0]
    // Without the check, even a fenced replica is elected.
    return !checksLastKnownLeader || isAcceptableLeader(lastKnown) ? lastKnown : nil
  }
}

// MARK: - ISR and ELR

extension PartitionChange {
  /// Moves replicas that leave an ISR below `min.insync.replicas` to the ELR: they have everything that was acknowledged until then.
  private mutating func moveToEligible() {
    guard hasEligibleLeaderReplicas else {
      eligible = []
      return
    }
    guard isr.count < min(minInSyncReplicas, replicas.count) else {
      eligible = []
      return
    }
    mark(.isrBelowMinimum)
    let candidates = eligible + before.isr.filter { !eligible.contains($0) }
    eligible = candidates.filter { !isr.contains($0) && $0 != uncleanShutdown && replicas.contains($0) }
  }

  private mutating func writeEligible(afterUnclean unclean: Bool, into record: inout PartitionChangeRecord) {
    if unclean { eligible = [] }
    if eligible != before.eligibleLeaderReplicas { record.eligibleLeaderReplicas = numbers(eligible) }
  }

  /// Without ELR the last member of an ISR stays in it, alive or not; with ELR an ISR may be empty.
  private func writeISR(into record: inout PartitionChangeRecord) {
    guard record.isr == nil, isr != before.isr, !isr.isEmpty || hasEligibleLeaderReplicas else { return }
    record.isr = numbers(isr)
  }

  private func writeLastKnownLeader(into record: inout PartitionChangeRecord) {
    let lastKnown = before.lastKnownEligibleLeaderReplicas
    let willHaveLeader = record.leader == PartitionChangeRecord.noLeaderChange ? before.hasLeader : record.leader >= 0
    if hasEligibleLeaderReplicas, record.isr?.isEmpty == true, before.hasLeader, lastKnown != [before.leader] {
      record.lastKnownElr = [before.leader.value]
    } else if !lastKnown.isEmpty, willHaveLeader || !hasEligibleLeaderReplicas {
      record.lastKnownElr = []
    }
  }
}

// MARK: - Reassignment

extension PartitionChange {
  /// Completes a reassignment once enough of its replicas are in the ISR; the replicas to be removed then leave the replicas and the ISR.
  private mutating func completeReassignment() {
    guard !adding.isEmpty || !removing.isEmpty else { return }
    let remainingReplicas = replicas.filter { !removing.contains($0) }
    let remainingISR = isr.filter { !removing.contains($0) }
    let needed: [NodeID]
    switch reassignmentCompletion {
    case .addedReplicas: needed = adding
    case .allReplicas: needed = remainingReplicas
    // With as many replicas as before the ISR does not become smaller; one that is sick need not hold up the others (KAFKA-19975).
    case .allReplicasIfFewer: needed = removing.count > adding.count ? remainingReplicas : adding
    }
    guard !remainingReplicas.isEmpty, !remainingISR.isEmpty, needed.allSatisfy(remainingISR.contains) else { return }
    mark(.reassignmentCompleted)
    replicas = remainingReplicas
    isr = remainingISR
    adding = []
    removing = []
  }

  /// A removed replica must not continue as if it were still assigned: a new leader epoch stops its fetches. A change of leader does that anyway.
  private func raiseLeaderEpochForReassignment(in record: inout PartitionChangeRecord) {
    guard record.leader == PartitionChangeRecord.noLeaderChange, !before.replicas.allSatisfy(replicas.contains) else { return }
    mark(.epochRaisedByReassignment)
    record.leader = before.leader.value
  }

  private func writeAssignment(into record: inout PartitionChangeRecord) {
    // A replica that joins an ISR from a replaced disk has everything there: from now on it belongs to the new directory.
    let moved = replicas.filter { isr.contains($0) && (!before.isr.contains($0) || $0.value == record.leader) && !hasDirectory($0) }
    if !moved.isEmpty { mark(.replacedDiskCaughtUp) }
    if replicas != before.replicas { record.replicas = numbers(replicas) }
    if replicas != before.replicas || !moved.isEmpty {
      record.directories = replicas.map { moved.contains($0) ? directory($0) : before.directory(of: $0) ?? directory($0) }
    }
    if adding != before.addingReplicas { record.addingReplicas = numbers(adding) }
    if removing != before.removingReplicas { record.removingReplicas = numbers(removing) }
  }
}

extension PartitionChangeRecord {
  fileprivate var changesNothing: Bool {
    isr == nil && leader == Self.noLeaderChange && replicas == nil && removingReplicas == nil && addingReplicas == nil
      && leaderRecoveryState == -1 && directories == nil && eligibleLeaderReplicas == nil && lastKnownElr == nil
  }
}
