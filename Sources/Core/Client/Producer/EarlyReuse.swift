import Primitives

/// The memory of batches that timed out while their requests were in progress, and that is reused at once (`ProducerSwitches.freeOnCompleteOnly`,
/// KAFKA-19012).
///
/// A request that the connection has not taken yet is encoded only when it does. If one of its batches has lost its memory to another by then, the
/// records of the other are sent under the name of the first one's topic; no checksum covers the name.
final class EarlyReuse {
  /// Requests that their connections have not taken, at most one for each broker.
  private var waiting: [InFlightProduce] = []
  /// Batches in progress whose memory is free.
  private var free: [ProducerBatch] = []

  func isWaiting(for broker: NodeID) -> Bool { waiting.contains { $0.broker == broker } }

  func wait(_ produce: InFlightProduce) { waiting.append(produce) }

  /// Takes out the requests that no longer have to wait.
  func take(where isReady: (NodeID) -> Bool) -> [InFlightProduce] {
    let ready = waiting.filter { isReady($0.broker) }
    waiting.removeAll { isReady($0.broker) }
    return ready
  }

  /// Frees the memory of a batch that timed out in progress.
  func release(_ batch: ProducerBatch) { free.append(batch) }

  /// Gives a new batch the memory that became free first.
  func reuse(for batch: ProducerBatch) {
    guard !free.isEmpty else { return }
    free.removeFirst().heir = batch
  }

  /// Ends a request: the memory of its batches is no longer used.
  func end(_ batches: [ProducerBatch]) { free.removeAll { batch in batches.contains { $0 === batch } } }
}
