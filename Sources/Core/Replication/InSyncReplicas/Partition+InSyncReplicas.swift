import Host
import Primitives
import Wire

extension Partition {
  /// Updates which replicas count for the high watermark after the ISR or its proposal changed.
  func countISR() {
    // KIP-497: while a proposal is open, the controller may already have committed it and may elect the new member. A leader that counts only the ISR
    // that it knows would acknowledge records that the new member does not have.
    let counted = switches.leaderUsesMaximalISR ? inSyncReplicas.maximal : inSyncReplicas.committed
    countedISRSize = counted.count
    stirSessionTargets()
    for follower in followers {
      follower.isCounted = counted.contains(follower.id)
      follower.isInSync = inSyncReplicas.committed.contains(follower.id)
    }
  }

  // MARK: Expansion

  /// Proposes to add a follower that has just fetched, if it has come far enough.
  ///
  /// For example, leader 1 with an ISR of 1 and 2 in an epoch that starts at offset 90. Replica 2 always has the whole log:
  ///
  /// ```
  ///                                                committed  maximal  high watermark
  /// log ends at 100; replica 3 fetches at 80       1 2        1 2      100             3 is below the high watermark
  /// replica 3 fetches at 100: proposes 1 2 3       1 2        1 2 3    100
  /// records 100 and 101 appended, 2 fetches at 102 1 2        1 2 3    100             3 counts: the controller may have added it
  /// controller commits 1 2 3                       1 2        1 2 3    100             from here on 3 may be elected
  /// the response arrives                           1 2 3      1 2 3    100
  /// replica 3 fetches at 102                       1 2 3      1 2 3    102
  /// ```
  ///
  /// Replica 3 has to count from the proposal on: otherwise the high watermark could reach 102, and 3 could be elected without 100 and 101.
  func proposeExpansionIfNeeded(by follower: FollowerReplica) {
    guard !follower.isInSync, inSyncReplicas.proposal == nil, hasReachedISR(follower), mayJoinISR(follower) else { return }
    mark(.isrExpansionProposed)
    propose(.expansion(adding: follower.id))
  }

  private func hasReachedISR(_ follower: FollowerReplica) -> Bool {
    guard let leaderEpochStartOffset, follower.logEndOffset >= highWatermark else { return false }
    // KAFKA-7128: a new leader's high watermark may be below what was already committed; everything committed lies below the start of its epoch.
    return !switches.requireLeaderEpochStartOffset || follower.logEndOffset >= leaderEpochStartOffset
  }

  /// Whether the controller would accept it: registered, not fenced, not shutting down (KIP-841), and in the same life in which it fetched (KIP-903).
  func mayJoinISR(_ follower: FollowerReplica) -> Bool {
    guard let fetchedInLife = follower.brokerEpoch else { return false }
    guard switches.rejectFencedInISR else { return true }
    guard let broker = manager.replicas.brokers[follower.id], !broker.isFenced, !broker.isInControlledShutdown else { return false }
    return fetchedInLife == .unknown || fetchedInLife == broker.epoch
  }

  // MARK: Shrinking

  /// Proposes an ISR without the members that have not caught up for `replica.lag.time.max.ms`.
  func proposeShrinkingIfNeeded(at now: Instant) {
    guard role == .leader, inSyncReplicas.proposal == nil else { return }
    let end = logEndOffset
    let maximumLag = manager.configuration.replicaLagTimeMax
    let stragglers = inSyncReplicas.committed.filter { id in
      guard id != manager.localID else { return false }
      guard let follower = follower(id) else { return true }
      return !follower.isCaughtUp(to: end, at: now, maximumLag: maximumLag)
    }
    if !stragglers.isEmpty {
      mark(.isrShrinkingProposed)
      propose(.shrinking(removing: stragglers))
    }
  }

  // MARK: Proposals and their answers

  private func propose(_ change: InSyncReplicas.Change) {
    nextProposal += 1
    inSyncReplicas.propose(change, number: nextProposal)
    countISR()
    requireProposal(at: manager.reactor.now)
    report(.isrProposed(topicPartition, inSyncReplicas.proposed))
    manager.changes.submit(ISRProposal(partition: self, proposal: nextProposal, partitionEpoch: partitionEpoch))
  }

  /// Whether a proposal still waits for its response; a newer state from the metadata replaces it.
  func awaitsAnswer(to change: ISRProposal) -> Bool {
    role == .leader && !isRemoved && inSyncReplicas.proposal?.number == change.proposal
  }

  /// Handles the controller's state of the partition after a proposal.
  func proposalAnswered(_ state: AlterPartitionResponse.PartitionData) {
    // A response from another leader epoch, or with an older state, says nothing about the current one.
    guard state.leaderEpoch == leaderEpoch.value, state.partitionEpoch >= partitionEpoch.value else {
      mark(.isrAnswerOutdated)
      return
    }
    partitionEpoch = PartitionEpoch(state.partitionEpoch)
    inSyncReplicas.commit(state.isr.map { NodeID($0) })
    countISR()
    mustHold(
      NodeID(state.leaderId) == manager.localID && isr.contains(manager.localID) && inSyncReplicas.proposal == nil,
      "\(topicPartition): broker \(manager.localID) takes the ISR \(isr) in which broker \(state.leaderId) leads epoch \(state.leaderEpoch)")
    advanceHighWatermark(at: manager.reactor.now)
    // A smaller ISR may be below its minimum, which affects appends that are already below the high watermark.
    markMoved(.highWatermark)
  }

  /// Handles an error; `retry` if it says nothing about the proposal.
  func proposalRefused(_ error: ErrorCode) -> RefusedProposal {
    report(.isrRefused(topicPartition, inSyncReplicas.proposed, error: error.rawValue))
    switch error {
    case .operationNotAttempted, .ineligibleReplica:
      // The controller confirms that the partition epoch is current and that nothing was changed: no controller, past or future, can have applied the
      // proposal.
      mark(.isrProposalWithdrawn)
      inSyncReplicas.withdrawProposal()
      countISR()
      return .withdrawn
    case .unknownTopicOrPartition, .unknownTopicId, .fencedLeaderEpoch, .invalidUpdateVersion, .invalidRequest, .newLeaderElected:
      // This leader is behind, and it is unknown whether the proposal was applied: it stays until the metadata brings the new state.
      mark(.isrProposalKept)
      return .keptUntilMetadata
    default:
      return .retry
    }
  }

  enum RefusedProposal { case withdrawn, keptUntilMetadata, retry }
}
