import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Every partition of a transaction has its marker: the transaction is complete. Does nothing where that is recorded already, or on its way, or where the order is one of another time;
  /// in each case the answer waits until everything before it is committed. Where the log refuses, the order stands: ask again.
  ///
  /// Refuses with INVALID_PRODUCER_ID_MAPPING where the transactional id is not known.
  ///
  /// Source: Kafka's `TransactionMarkerChannelManager.maybeWriteTxnCompletion`.
  public mutating func complete(_ order: MarkerOrder, at time: CoordinatorTime) throws(Refusal) -> CoordinatorDecision<TransactionShard, Void> {
    let id = order.transactionalID
    guard let current = transactions[id] else { throw Refusal(.invalidProducerIdMapping) }
    guard pending[id] == .markers, current.state == (order.isCommit ? .prepareCommit : .prepareAbort), current.producerID == order.producerID,
      current.producerEpoch == order.producerEpoch
    else { return CoordinatorDecision([], ()) }
    let next = current.completed(at: time.wallClock)
    if !settings.switches.singleCompletion {
      repeatedCompletions.append(RepeatedCompletion(id: id, metadata: next, due: time.now + Self.delayOfRepetition))
    }
    return try change(id, to: next, ())
  }

  /// How long the second of two callbacks was held up.
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
