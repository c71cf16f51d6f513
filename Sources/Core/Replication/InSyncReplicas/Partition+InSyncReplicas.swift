import Host
import Primitives
import Wire

extension Partition {
  /// Notes which replicas count for the high watermark after the ISR or its proposal changed.
  func countISR() {
    // KIP-497: while a proposal is open the controller may have committed it already and elect the newcomer, so a leader that
    // counts only the ISR it knows acknowledges records that the newcomer need not have.
    let counted = switches.leaderUsesMaximalISR ? inSyncReplicas.maximal : inSyncReplicas.committed
    countedISRSize = counted.count
    stirSessionTargets()
    for follower in followers {
      follower.isCounted = counted.contains(follower.id)
      follower.isInSync = inSyncReplicas.committed.contains(follower.id)
    }
  }

  // MARK: Expansion

  /// Proposes a follower that has just fetched, where it has come far enough.
  func proposeExpansionIfNeeded(by follower: FollowerReplica) {
    guard !follower.isInSync, inSyncReplicas.proposal == nil, hasReachedISR(follower), mayJoinISR(follower) else { return }
    propose(.expansion(adding: follower.id))
  }

  private func hasReachedISR(_ follower: FollowerReplica) -> Bool {
    guard let leaderEpochStartOffset, follower.logEndOffset >= highWatermark else { return false }
    // KAFKA-7128: a new leader's high watermark may lag behind what was committed before; everything committed lies below the
    // start of its epoch.
    return !switches.requireLeaderEpochStartOffset || follower.logEndOffset >= leaderEpochStartOffset
  }

  /// Whether the controller would take it: registered, not fenced, not shutting down (KIP-841), and in the life in which it
  /// fetched (KIP-903).
  func mayJoinISR(_ follower: FollowerReplica) -> Bool {
    guard let fetchedInLife = follower.brokerEpoch else { return false }
    guard switches.rejectFencedInISR else { return true }
    guard let broker = manager.replicas.brokers[follower.id], !broker.isFenced, !broker.isInControlledShutdown else { return false }
    return fetchedInLife == .unknown || fetchedInLife == broker.epoch
  }

  // MARK: Shrinking

  /// Proposes an ISR without those that have not caught up for `replica.lag.time.max.ms`.
  func proposeShrinkingIfNeeded(at now: Instant) {
    guard role == .leader, inSyncReplicas.proposal == nil else { return }
    let end = logEndOffset
    let maximumLag = manager.configuration.replicaLagTimeMax
    let stragglers = inSyncReplicas.committed.filter { id in
      guard id != manager.localID else { return false }
      guard let follower = follower(id) else { return true }
      return !follower.isCaughtUp(to: end, at: now, maximumLag: maximumLag)
    }
    if !stragglers.isEmpty { propose(.shrinking(removing: stragglers)) }
  }

  // MARK: Proposals and their answers

  private func propose(_ change: InSyncReplicas.Change) {
    nextProposal += 1
    inSyncReplicas.propose(change, number: nextProposal)
    countISR()
    report(.isrProposed(topicPartition, inSyncReplicas.proposed))
    manager.changes.submit(ISRProposal(partition: self, proposal: nextProposal, partitionEpoch: partitionEpoch))
  }

  /// Whether a proposal is still waiting for its answer; a newer state from the metadata takes it off the table.
  func awaitsAnswer(to change: ISRProposal) -> Bool {
    role == .leader && !isRemoved && inSyncReplicas.proposal?.number == change.proposal
  }

  /// The controller's state of the partition after a proposal.
  func proposalAnswered(_ state: AlterPartitionResponse.PartitionData) {
    // An answer from another leader epoch or an older state says nothing about the present one.
    guard state.leaderEpoch == leaderEpoch.value, state.partitionEpoch >= partitionEpoch.value else { return }
    partitionEpoch = PartitionEpoch(state.partitionEpoch)
    inSyncReplicas.commit(state.isr.map { NodeID($0) })
    countISR()
    advanceHighWatermark(at: manager.reactor.now)
    // A smaller ISR may have fallen under its minimum, which decides over appends that are past the high watermark already.
    note(.highWatermark)
  }

  /// What follows from an error; `retry` where it says nothing about the proposal.
  func proposalRefused(_ error: ErrorCode) -> RefusedProposal {
    report(.isrRefused(topicPartition, inSyncReplicas.proposed, error: error.rawValue))
    switch error {
    case .operationNotAttempted, .ineligibleReplica:
      // The controller says that the partition epoch is right and that nothing was changed: no controller, past or future, can
      // have applied the proposal.
      inSyncReplicas.withdrawProposal()
      countISR()
      return .withdrawn
    case .unknownTopicOrPartition, .unknownTopicId, .fencedLeaderEpoch, .invalidUpdateVersion, .invalidRequest, .newLeaderElected:
      // This leader is behind, and whether the proposal was applied is unknown: it stays until the metadata brings the new state.
      return .keptUntilMetadata
    default:
      return .retry
    }
  }

  enum RefusedProposal { case withdrawn, keptUntilMetadata, retry }
}
