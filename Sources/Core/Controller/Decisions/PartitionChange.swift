import Primitives
import Wire

/// Works out what becomes of a partition: who is in the ISR and the ELR, who leads, and whether a reassignment is complete.
///
/// The rules are those of KRaft's controller with KIP-966 part 1: the current leader stays if it may; else the first replica, in the
/// order of preference, that is in the ISR or the ELR; else the last known leader; else, if that is allowed, any replica that lives. Whose
/// disk was replaced leads only where no replica has its directory any more.
struct PartitionChange {
  /// Who may be elected, and in which order.
  enum ElectionRule {
    /// The first replica if it may lead; else whoever leads; else anybody else who may.
    case preferred
    /// Whoever leads if it may stay; else anybody who may.
    case online
    /// As `online`, and then anybody alive: records may be lost.
    case unclean
  }

  let before: PartitionRegistration
  let id: TopicIDPartition
  /// At most the number of replicas.
  let minInSyncReplicas: Int
  let hasEligibleLeaderReplicas: Bool
  let checksLastKnownLeader: Bool
  let electsLastKnownLeader: Bool
  let isAcceptableLeader: (NodeID) -> Bool
  /// As `isAcceptableLeader`, whatever became of the disk.
  private let isAlive: (NodeID) -> Bool
  /// Whether a replica is in a directory that its broker still has.
  private let hasDirectory: (NodeID) -> Bool

  var election = ElectionRule.online
  /// Who is to lead whatever ISR and ELR are: its log is the longest.
  var chosen: NodeID?
  var isr: [NodeID]
  var replicas: [NodeID]
  var adding: [NodeID]
  var removing: [NodeID]
  var eligible: [NodeID]
  var leaderRecoveryState: LeaderRecoveryState
  /// Who came back without what it had: it leaves the ELR as well.
  var uncleanShutdown: NodeID?
  /// Where new replicas go.
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

  /// The record of the change, or nil where nothing changes.
  func record() -> PartitionChangeRecord? {
    var change = self
    change.completeReassignment()
    change.moveToEligible()
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
      // Whoever leads from outside of the ISR is the ISR: the others follow it, whatever they have.
      isr = [elected.leader]
      record.isr = [elected.leader.value]
      if before.leaderRecoveryState != .recovering { record.leaderRecoveryState = LeaderRecoveryState.recovering.rawValue }
    } else if eligible.contains(elected.leader) {
      isr = [elected.leader]
      eligible.removeAll { $0 == elected.leader }
    }
    return elected
  }

  private func preferredLeader() -> Elected {
    if let preferred = replicas.first, mayLead(preferred) { return Elected(leader: preferred) }
    if mayLead(before.leader) { return Elected(leader: before.leader) }
    return Elected(leader: replicas.dropFirst().first(where: mayLead) ?? .none)
  }

  private func anyLeader() -> Elected {
    if mayLead(before.leader) { return Elected(leader: before.leader) }
    if let replica = replicas.first(where: mayLead) { return Elected(leader: replica) }
    if let lastKnown = electableLastKnownLeader { return Elected(leader: lastKnown, isUnclean: true) }
    if election == .unclean, let replica = replicas.first(where: isAcceptableLeader) ?? replicas.first(where: isAlive) {
      return Elected(leader: replica, isUnclean: true)
    }
    return Elected(leader: .none)
  }

  private func mayLead(_ replica: NodeID) -> Bool {
    (isr.contains(replica) || hasEligibleLeaderReplicas && eligible.contains(replica)) && isAcceptableLeader(replica)
  }

  /// Nobody is left in ISR and ELR: whoever led last is the best guess there is.
  private var electableLastKnownLeader: NodeID? {
    guard electsLastKnownLeader, hasEligibleLeaderReplicas, isr.isEmpty, eligible.isEmpty, before.lastKnownEligibleLeaderReplicas.count == 1 else { return nil }
    let lastKnown = before.lastKnownEligibleLeaderReplicas[0]
    // Without the check even a fenced one is elected.
    return !checksLastKnownLeader || isAcceptableLeader(lastKnown) ? lastKnown : nil
  }
}

// MARK: - ISR and ELR

extension PartitionChange {
  /// Who leaves an ISR that falls below `min.insync.replicas` is eligible: it has all that was acknowledged until then.
  private mutating func moveToEligible() {
    guard hasEligibleLeaderReplicas else {
      eligible = []
      return
    }
    guard isr.count < min(minInSyncReplicas, replicas.count) else {
      eligible = []
      return
    }
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
  /// A reassignment is complete when every added replica is in the ISR; those that leave then leave both.
  private mutating func completeReassignment() {
    guard !adding.isEmpty || !removing.isEmpty else { return }
    let remainingReplicas = replicas.filter { !removing.contains($0) }
    let remainingISR = isr.filter { !removing.contains($0) }
    guard !remainingReplicas.isEmpty, !remainingISR.isEmpty, adding.allSatisfy(remainingISR.contains) else { return }
    replicas = remainingReplicas
    isr = remainingISR
    adding = []
    removing = []
  }

  /// A replica that leaves must not go on as if it were still one: a new leader epoch stops its fetches. A change of leader does that anyway.
  private func raiseLeaderEpochForReassignment(in record: inout PartitionChangeRecord) {
    guard record.leader == PartitionChangeRecord.noLeaderChange, !before.replicas.allSatisfy(replicas.contains) else { return }
    record.leader = before.leader.value
  }

  private func writeAssignment(into record: inout PartitionChangeRecord) {
    // Whoever joins an ISR from a replaced disk has there what it needs: from now on its replica is in the new directory.
    let moved = replicas.filter { isr.contains($0) && (!before.isr.contains($0) || $0.value == record.leader) && !hasDirectory($0) }
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
