import Coordination
import Primitives
import Wire

extension TransactionShard {
  /// Aborts an open transaction without its producer, in an epoch that nobody was given, so that the producer is fenced.
  ///
  /// At level 2 the epoch is raised as by every end, and once (KAFKA-19367); the last epoch of a producer id is followed by another producer id (KAFKA-20090). Below, the epoch is raised
  /// for the fence, and also counts where the log refuses to say so (KAFKA-9666).
  ///
  /// Source: Kafka's `TransactionMetadata.prepareFenceProducerEpoch` and what `TransactionCoordinator.endTransaction` makes of it.
  mutating func abort<Response>(
    _ id: String, _ current: TransactionMetadata, newProducerID: Int64?, _ response: Response, at time: CoordinatorTime
  ) throws(Refusal) -> CoordinatorDecision<TransactionShard, Response> {
    var current = current
    guard cluster.transactionVersion >= 2 else {
      if settings.switches.bumpOnRetriedInit {
        current.producerEpoch = try nextEpoch(of: current)
      } else if fences[id] == nil {
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
    // Without another producer id it comes to rest in the last epoch, in which nothing may begin.
    let nextProducerID = current.isEpochExhausted && leavesLastEpoch ? newProducerID ?? cluster.takeProducerID() : nil
    let next = current.ending(
      commits: false, clientVersion: 2, nextProducerID: nextProducerID ?? TransactionMetadata.noProducerID, isEmpty: false, at: time.wallClock)
    return try change(id, to: next, response)
  }

  /// Whether the last epoch of a producer id is for markers alone, also where the coordinator aborts (KAFKA-20090).
  var leavesLastEpoch: Bool { settings.switches.rotateOnFence }

  /// Kafka throws an IllegalStateException where there is none.
  private func nextEpoch(of current: TransactionMetadata) throws(Refusal) -> Int16 {
    guard current.producerEpoch < .max else { throw Refusal(.unknownServerError) }
    return current.producerEpoch + 1
  }
}
