import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Handles AddPartitionsToTxn: adds partitions to the transaction, which starts with the first one. AddOffsetsToTxn is the same for a partition of
  /// `__consumer_offsets`.
  ///
  /// Throws INVALID_REQUEST, CONCURRENT_TRANSACTIONS (also while the previous transaction is being completed), INVALID_PRODUCER_ID_MAPPING, and
  /// PRODUCER_FENCED (INVALID_PRODUCER_EPOCH below version 2).
  ///
  /// Source: Kafka's `TransactionCoordinator.handleAddPartitionsToTransaction`.
  ///
  /// - Parameter version: The version of the AddPartitionsToTxn request. From 4 on it comes from a broker, for a producer with transaction version 2
  ///   (KIP-890).
  public mutating func addPartitions(
    _ partitions: [TopicPartition], transactionalID id: String, producerID: Int64, producerEpoch: Int16, version: Int16, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, Void> {
    guard !id.isEmpty else { throw Refusal(.invalidRequest) }
    guard let current = current(id) else { throw Refusal(.invalidProducerIdMapping) }
    let isAdded = partitions.allSatisfy { current.partitions.containsSorted($0) }
    // Must precede the checks of the producer, which may already use the producer id and epoch of the pending change (KAFKA-18660).
    if let pending = pending[id], pending.isUncommitted || !isAdded || settings.switches.returnConcurrentBeforeAdd {
      mark(.addWhilePending)
      throw Refusal(.concurrentTransactions)
    }
    guard current.producerID == producerID else { throw Refusal(.invalidProducerIdMapping) }
    guard current.producerEpoch == producerEpoch else {
      mark(.addOfFormerEpoch)
      throw fenced(id, producerID, producerEpoch, isKnown: version >= 2)
    }
    // A request that arrives while the transaction ends counts as one for that transaction (`returnConcurrentBeforeAdd`).
    if isAdded, current.state == .ongoing || isPending(id) {
      mark(.partitionAddedTwice)
      return CoordinatorDecision([], ())
    }
    switch current.state {
    case .prepareCommit, .prepareAbort: throw Refusal(.concurrentTransactions)
    case .dead, .prepareEpochFence: throw Refusal(.unknownServerError)
    case .empty, .ongoing, .completeCommit, .completeAbort: break
    }
    let next = current.adding(partitions, clientVersion: version > 3 ? 2 : 0, at: time.wallClock)
    guard settings.switches.persistOngoing else {
      take(next, of: id)
      alignChecks(at: time.now)
      return CoordinatorDecision([], ())
    }
    return try change(id, to: next, ())
  }

  /// Handles an AddPartitionsToTxn that only verifies (KIP-890): NONE for each partition that is part of the transaction, otherwise
  /// TRANSACTION_ABORTABLE.
  ///
  /// Throws INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, and CONCURRENT_TRANSACTIONS while the transaction ends, or while a change
  /// is uncommitted.
  ///
  /// Reads the committed state, as Kafka does (`TransactionCoordinator.handleVerifyPartitionsInTransaction`): a partition whose addition may still be
  /// lost must not be written to. The decided state answers CONCURRENT_TRANSACTIONS for it.
  public func verifyPartitions(
    _ partitions: [TopicPartition], transactionalID id: String, producerID: Int64, producerEpoch: Int16
  ) throws(Refusal) -> [ErrorCode] {
    let answers = try verified(partitions, transactionalID: id, producerID: producerID, producerEpoch: producerEpoch)
    requireContained(partitions, answers, id)
    return answers
  }

  private func verified(
    _ partitions: [TopicPartition], transactionalID id: String, producerID: Int64, producerEpoch: Int16
  ) throws(Refusal) -> [ErrorCode] {
    guard !id.isEmpty else { throw Refusal(.invalidRequest) }
    guard let current = current(id) else { throw Refusal(.invalidProducerIdMapping) }
    guard pending.isEmpty || pending[id]?.isUncommitted != true else {
      mark(.verifyWhileUncommitted)
      throw Refusal(.concurrentTransactions)
    }
    guard current.producerID == producerID else { throw Refusal(.invalidProducerIdMapping) }
    guard current.producerEpoch == producerEpoch else {
      mark(.verifyOfFormerEpoch)
      throw Refusal(.producerFenced)
    }
    guard !current.state.isPrepared else {
      mark(.verifyWhileEnding)
      throw Refusal(.concurrentTransactions)
    }
    return partitions.map { current.partitions.containsSorted($0) ? .none : .transactionAbortable }
  }
}
