import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Whether `endTransaction` will need a producer id that nobody has: at level 2, where the epochs of the present one are used up.
  public func needsProducerID(for request: EndTxnRequest, version: Int16) -> Bool {
    guard version > 4, !isPending(request.transactionalId), let current = current(request.transactionalId) else { return false }
    return current.isEpochExhausted && current.producerID == request.producerId && current.producerEpoch == request.producerEpoch
  }

  /// EndTxn. From version 5 on the producer works at level 2 (KIP-890): its transaction ends in the next epoch, in which its next one is, or with another producer id; the response says so.
  ///
  /// Refuses with INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED (INVALID_PRODUCER_EPOCH below version 2), CONCURRENT_TRANSACTIONS, INVALID_TXN_STATE, and
  /// COORDINATOR_LOAD_IN_PROGRESS where a producer id is needed and there is none.
  ///
  /// Source: Kafka's `TransactionCoordinator.endTransaction` and `endTransactionWithTV1`.
  public mutating func endTransaction(
    _ request: EndTxnRequest, version: Int16, newProducerID: Int64?, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, EndTxnResponse> {
    guard !request.transactionalId.isEmpty else { throw Refusal(.invalidRequest) }
    guard let current = current(request.transactionalId) else { throw Refusal(.invalidProducerIdMapping) }
    // What is not committed may never be: nobody is fenced by it.
    if !pending.isEmpty, pending[request.transactionalId]?.isUncommitted == true { throw Refusal(.concurrentTransactions) }
    return version > 4
      ? try end(request, current, newProducerID: newProducerID, at: time) : try endBelowLevel2(request, current, version: version, at: time)
  }

  // MARK: Below level 2

  private mutating func endBelowLevel2(
    _ request: EndTxnRequest, _ current: TransactionMetadata, version: Int16, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, EndTxnResponse> {
    let id = request.transactionalId
    guard current.producerID == request.producerId else { throw Refusal(.invalidProducerIdMapping) }
    guard current.producerEpoch == request.producerEpoch else { throw fenced(id, request.producerId, request.producerEpoch, isKnown: version >= 2) }
    switch current.state {
    case .ongoing:
      guard !isPending(id) else { throw Refusal(.concurrentTransactions) }
      let next = current.ending(
        commits: request.committed, clientVersion: 0, nextProducerID: TransactionMetadata.noProducerID, isEmpty: false, at: time.wallClock)
      return try change(id, to: next, EndTxnResponse())
    case .completeCommit where request.committed, .completeAbort where !request.committed:
      // The answer to the same request was lost, or nothing has been added since.
      return CoordinatorDecision([], EndTxnResponse())
    case .prepareCommit, .prepareAbort: throw Refusal(.concurrentTransactions)
    case .empty, .completeCommit, .completeAbort: throw Refusal(.invalidTxnState)
    case .dead, .prepareEpochFence: throw Refusal(.unknownServerError)
    }
  }

  // MARK: At level 2

  /// What an EndTxn of level 2 is, by the epoch that it names. The producer learns its next epoch by the answer: who names the one before has not heard it.
  private enum Attempt {
    case current
    /// The same once more.
    case retry
    case late
  }

  /// Whether it names the last producer id and epoch before the present ones.
  private func isOfFormerID(_ request: EndTxnRequest, _ current: TransactionMetadata) -> Bool {
    current.previousProducerID == request.producerId && current.producerID != request.producerId && current.producerEpoch == 0 && request.producerEpoch == .max - 1
  }

  private func attempt(_ request: EndTxnRequest, _ current: TransactionMetadata) -> Attempt {
    if request.producerEpoch == current.producerEpoch { return current.state.isPrepared ? .late : .current }
    // The last epoch is nobody's: who names the one before it does not go on with it (KAFKA-20090).
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
    if settings.switches.checkPendingFirst, isPending(id) { throw Refusal(.concurrentTransactions) }
    guard current.producerID == request.producerId || isOfFormerID(request, current) else { throw Refusal(.invalidProducerIdMapping) }
    let attempt = attempt(request, current)
    guard attempt != .late else { throw fenced(id, request.producerId, request.producerEpoch, isKnown: true) }
    guard !isPending(id) else { throw Refusal(.concurrentTransactions) }
    switch (current.state, attempt) {
    case (.ongoing, _): return try prepare(request, current, newProducerID: newProducerID, isEmpty: false, at: time)
    case (.completeCommit, .retry) where request.committed, (.completeAbort, .retry) where !request.committed:
      return CoordinatorDecision([], EndTxnResponse(current.producerID, current.producerEpoch))
    case (.completeAbort, .retry) where settings.switches.fenceCommitOfAborted:
      // It was no producer that aborted it: whoever tries again wants the same as before.
      throw fenced(id, request.producerId, request.producerEpoch, isKnown: true)
    case (.empty, _) where !request.committed, (.completeCommit, .current) where !request.committed, (.completeAbort, .current) where !request.committed:
      return try prepare(request, current, newProducerID: newProducerID, isEmpty: true, at: time)
    case (.prepareCommit, _) where request.committed, (.prepareAbort, _) where !request.committed: throw Refusal(.concurrentTransactions)
    case (.dead, _), (.prepareEpochFence, _): throw Refusal(.unknownServerError)
    default: throw Refusal(.invalidTxnState)
    }
  }

  private mutating func prepare(
    _ request: EndTxnRequest, _ current: TransactionMetadata, newProducerID: Int64?, isEmpty: Bool, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, EndTxnResponse> {
    let nextProducerID = current.isEpochExhausted ? try producerID(newProducerID) : TransactionMetadata.noProducerID
    let next = current.ending(commits: request.committed, clientVersion: 2, nextProducerID: nextProducerID, isEmpty: isEmpty, at: time.wallClock)
    let (id, epoch) = next.producerAfterCompletion
    return try change(request.transactionalId, to: next, EndTxnResponse(id, epoch))
  }
}

extension EndTxnResponse {
  /// The producer goes on with this producer id and epoch.
  fileprivate init(_ producerID: Int64, _ producerEpoch: Int16) {
    self.init()
    producerId = producerID
    self.producerEpoch = producerEpoch
  }
}
