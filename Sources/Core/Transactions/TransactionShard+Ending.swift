import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Whether `endTransaction` needs a new producer id: with version 2, if the epochs of the current one are used up.
  public func needsProducerID(for request: EndTxnRequest, version: Int16) -> Bool {
    guard version > 4, !isPending(request.transactionalId), let current = current(request.transactionalId) else { return false }
    return current.isEpochExhausted && current.producerID == request.producerId && current.producerEpoch == request.producerEpoch
  }

  /// Handles EndTxn. From version 5 on the producer uses transaction version 2 (KIP-890): its transaction ends in the next epoch, which is also that
  /// of the producer's next transaction, or with another producer id; the response contains them.
  ///
  /// Throws INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED (INVALID_PRODUCER_EPOCH below version 2), CONCURRENT_TRANSACTIONS,
  /// INVALID_TXN_STATE, and COORDINATOR_LOAD_IN_PROGRESS if a producer id is needed and none is available.
  ///
  /// Source: Kafka's `TransactionCoordinator.endTransaction` and `endTransactionWithTV1`.
  public mutating func endTransaction(
    _ request: EndTxnRequest, version: Int16, newProducerID: Int64?, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, EndTxnResponse> {
    guard !request.transactionalId.isEmpty else { throw Refusal(.invalidRequest) }
    guard let current = current(request.transactionalId) else { throw Refusal(.invalidProducerIdMapping) }
    // A change that is not committed may never be, so it fences no producer.
    if !pending.isEmpty, pending[request.transactionalId]?.isUncommitted == true {
      mark(.endWhileUncommitted)
      throw Refusal(.concurrentTransactions)
    }
    return version > 4
      ? try end(request, current, newProducerID: newProducerID, at: time) : try endBelowLevel2(request, current, version: version, at: time)
  }

  // MARK: Before transaction version 2

  private mutating func endBelowLevel2(
    _ request: EndTxnRequest, _ current: TransactionMetadata, version: Int16, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, EndTxnResponse> {
    let id = request.transactionalId
    guard current.producerID == request.producerId else { throw Refusal(.invalidProducerIdMapping) }
    guard current.producerEpoch == request.producerEpoch else {
      mark(.endOfFormerEpochInVersion1)
      throw fenced(id, request.producerId, request.producerEpoch, isKnown: version >= 2)
    }
    switch current.state {
    case .ongoing:
      guard !isPending(id) else { throw Refusal(.concurrentTransactions) }
      let next = current.ending(
        commits: request.committed, clientVersion: 0, nextProducerID: TransactionMetadata.noProducerID, isEmpty: false, at: time.wallClock)
      return try change(id, to: next, EndTxnResponse())
    case .completeCommit where request.committed, .completeAbort where !request.committed:
      // The response to the same request was lost, or nothing has been added since.
      mark(.endRepeatedInVersion1)
      return CoordinatorDecision([], EndTxnResponse())
    case .prepareCommit, .prepareAbort:
      mark(.endWhileEndingInVersion1)
      throw Refusal(.concurrentTransactions)
    case .empty, .completeCommit, .completeAbort: throw Refusal(.invalidTxnState)
    case .dead, .prepareEpochFence: throw Refusal(.unknownServerError)
    }
  }

  // MARK: Transaction version 2

  /// What an EndTxn of version 2 is, judged by its epoch. The response tells the producer its next epoch: a producer that names the previous one has
  /// not received it.
  private enum Attempt {
    case current
    /// The same request again.
    case retry
    case late
  }

  /// Whether it names the last producer id and epoch before the current ones.
  private func isOfFormerID(_ request: EndTxnRequest, _ current: TransactionMetadata) -> Bool {
    current.previousProducerID == request.producerId && current.producerID != request.producerId && current.producerEpoch == 0 && request.producerEpoch == .max - 1
  }

  private func attempt(_ request: EndTxnRequest, _ current: TransactionMetadata) -> Attempt {
    if request.producerEpoch == current.producerEpoch { return current.state.isPrepared ? .late : .current }
    // No producer owns the last epoch: one that names the epoch before does not continue with it (KAFKA-20090).
    let isBefore = request.producerEpoch.saturatingAdding(1) == current.producerEpoch && !(leavesLastEpoch && current.producerEpoch == .max)
    switch current.state {
    case .completeCommit, .completeAbort: return isBefore || isOfFormerID(request, current) ? .retry : .late
    case .prepareCommit, .prepareAbort: return isBefore ? .retry : .late
    case .empty, .ongoing, .dead, .prepareEpochFence: return .late
    }
  }

  private mutating func end(
    _ request: EndTxnRequest, _ current: TransactionMetadata, newProducerID: Int64?, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, EndTxnResponse> {
    let id = request.transactionalId
    if settings.switches.checkPendingFirst, isPending(id) {
      mark(.endWhilePending)
      throw Refusal(.concurrentTransactions)
    }
    guard current.producerID == request.producerId || isOfFormerID(request, current) else { throw Refusal(.invalidProducerIdMapping) }
    let attempt = attempt(request, current)
    guard attempt != .late else {
      mark(.endTooLate)
      throw fenced(id, request.producerId, request.producerEpoch, isKnown: true)
    }
    guard !isPending(id) else { throw Refusal(.concurrentTransactions) }
    switch (current.state, attempt) {
    case (.ongoing, _): return try prepare(request, current, newProducerID: newProducerID, isEmpty: false, at: time)
    case (.completeCommit, .retry) where request.committed, (.completeAbort, .retry) where !request.committed:
      mark(.endRepeated)
      return CoordinatorDecision([], EndTxnResponse(current.producerID, current.producerEpoch))
    case (.completeAbort, .retry) where settings.switches.fenceCommitOfAborted:
      // No producer aborted it: a retry wants the same as before.
      mark(.commitOfAborted)
      throw fenced(id, request.producerId, request.producerEpoch, isKnown: true)
    case (.empty, _) where !request.committed, (.completeCommit, .current) where !request.committed, (.completeAbort, .current) where !request.committed:
      mark(.emptyTransactionAborted)
      return try prepare(request, current, newProducerID: newProducerID, isEmpty: true, at: time)
    case (.prepareCommit, _) where request.committed, (.prepareAbort, _) where !request.committed: throw Refusal(.concurrentTransactions)
    case (.dead, _), (.prepareEpochFence, _): throw Refusal(.unknownServerError)
    default: throw Refusal(.invalidTxnState)
    }
  }

  private mutating func prepare(
    _ request: EndTxnRequest, _ current: TransactionMetadata, newProducerID: Int64?, isEmpty: Bool, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, EndTxnResponse> {
    if current.isEpochExhausted { mark(.producerEpochsUsedUp) }
    let nextProducerID = current.isEpochExhausted ? try producerID(newProducerID) : TransactionMetadata.noProducerID
    let next = current.ending(commits: request.committed, clientVersion: 2, nextProducerID: nextProducerID, isEmpty: isEmpty, at: time.wallClock)
    let (id, epoch) = next.producerAfterCompletion
    return try change(request.transactionalId, to: next, EndTxnResponse(id, epoch))
  }
}

extension EndTxnResponse {
  /// A response that tells the producer its next producer id and epoch.
  fileprivate init(_ producerID: Int64, _ producerEpoch: Int16) {
    self.init()
    producerId = producerID
    self.producerEpoch = producerEpoch
  }
}
