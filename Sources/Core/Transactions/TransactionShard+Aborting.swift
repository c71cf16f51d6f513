import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Aborts an open transaction without its producer, in an epoch that no producer gets, so that the producer is fenced.
  ///
  /// With version 2 the epoch is raised once, as by every end (KAFKA-19367); the last epoch of a producer id is followed by another producer id
  /// (KAFKA-20090). Below version 2, the epoch is raised for fencing, and counts even if the log refuses the record (KAFKA-9666).
  ///
  /// Source: Kafka's `TransactionMetadata.prepareFenceProducerEpoch` and its use in `TransactionCoordinator.endTransaction`.
  mutating func abort<Response>(
    _ id: String, _ current: TransactionMetadata, newProducerID: Int64?, _ response: Response, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, Response> {
    var current = current
    guard cluster.transactionVersion >= 2 else {
      if settings.switches.bumpOnRetriedInit {
        current.producerEpoch = try nextEpoch(of: current)
      } else if fences[id] == nil {
        mark(.producerFencedByAbort)
        current.producerEpoch = current.producerEpoch.saturatingAdding(1)
      }
      current.lastProducerEpoch = TransactionMetadata.noEpoch
      let next = current.ending(commits: false, clientVersion: 0, nextProducerID: TransactionMetadata.noProducerID, isEmpty: false, at: time.wallClock)
      return try change(id, to: next, response, refusedFence: next.producerEpoch)
    }
    if !settings.switches.fenceWithOneBump {
      current.producerEpoch = try nextEpoch(of: current)
      guard current.producerEpoch < .max else { throw Refusal(.unknownServerError) }
    }
    if !leavesLastEpoch { _ = try nextEpoch(of: current) }
    // Without another producer id it stays in the last epoch, in which no transaction may start.
    let nextProducerID = current.isEpochExhausted && leavesLastEpoch ? newProducerID ?? cluster.takeProducerID() : nil
    let next = current.ending(
      commits: false, clientVersion: 2, nextProducerID: nextProducerID ?? TransactionMetadata.noProducerID, isEmpty: false, at: time.wallClock)
    return try change(id, to: next, response)
  }

  /// Whether the last epoch of a producer id is reserved for markers, even if the coordinator aborts (KAFKA-20090).
  var leavesLastEpoch: Bool { settings.switches.rotateOnFence }

  /// Kafka throws an IllegalStateException if there is none.
  private func nextEpoch(of current: TransactionMetadata) throws(Refusal) -> Int16 {
    guard current.producerEpoch < .max else { throw Refusal(.unknownServerError) }
    return current.producerEpoch.saturatingAdding(1)
  }
}
