import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Completes a transaction once every partition has its marker. Does nothing if the completion is already recorded or in progress, or if the order
  /// is outdated; in each case the response waits until everything before it is committed. If the log refuses the record, the order stands: the
  /// caller has to ask again.
  ///
  /// Throws INVALID_PRODUCER_ID_MAPPING if the transactional id is unknown.
  ///
  /// Source: Kafka's `TransactionMarkerChannelManager.maybeWriteTxnCompletion`.
  public mutating func complete(_ order: MarkerOrder, at time: CoordinatorTime) throws(Refusal) -> CoordinatorDecision<TransactionShard, Void> {
    let id = order.transactionalID
    guard let current = transactions[id] else {
      mark(.completionOfForgottenID)
      throw Refusal(.invalidProducerIdMapping)
    }
    guard pending[id] == .markers, current.state == (order.isCommit ? .prepareCommit : .prepareAbort), current.producerID == order.producerID,
      current.producerEpoch == order.producerEpoch
    else {
      mark(.completionTooLate)
      return CoordinatorDecision([], ())
    }
    let next = current.completed(at: time.wallClock)
    if !settings.switches.singleCompletion {
      repeatedCompletions.append(RepeatedCompletion(id: id, metadata: next, due: time.now + Self.delayOfRepetition))
    }
    return try change(id, to: next, ())
  }

  /// How long the second of two callbacks was delayed.
  private static let delayOfRepetition = Duration.milliseconds(50)

  mutating func nextRepeatedCompletion(at time: CoordinatorTime) -> CoordinatorDecision<TransactionShard, Void>? {
    guard let first = repeatedCompletions.first, first.due <= time.now else { return nil }
    repeatedCompletions.removeFirst()
    var metadata = first.metadata
    metadata.recordVersion = TransactionMetadata.recordVersion(at: cluster.transactionVersion)
    guard let record = try? record(of: first.id, metadata) else { return nil }
    return CoordinatorDecision([record], (), known: { [metadata] shard in shard.take(metadata, of: first.id) })
  }
}
