import Primitives

/// The memory of batches that timed out while their requests were under way, used again at once (`ProducerSwitches.freeOnCompleteOnly`, KAFKA-19012).
///
/// A request that the connection has not taken yet is only put together when it does. Where a batch of it has lost its memory to another one by then, the records of that one
/// go out under the name of the first one's topic; no checksum covers the name.
final class EarlyReuse {
  /// Requests that their connections have not taken, at most one for each broker.
  private var waiting: [InFlightProduce] = []
  /// Batches under way of which the memory is free.
  private var free: [ProducerBatch] = []

  func isWaiting(for broker: NodeID) -> Bool { waiting.contains { $0.broker == broker } }

  func wait(_ produce: InFlightProduce) { waiting.append(produce) }

  /// Takes the requests out that need not wait any more.
  func take(where isReady: (NodeID) -> Bool) -> [InFlightProduce] {
    let ready = waiting.filter { isReady($0.broker) }
    waiting.removeAll { isReady($0.broker) }
    return ready
  }

  /// A batch timed out under way.
  func release(_ batch: ProducerBatch) { free.append(batch) }

  /// A new batch gets the memory that became free first.
  func reuse(for batch: ProducerBatch) {
    guard !free.isEmpty else { return }
    free.removeFirst().heir = batch
  }

  /// A request has ended: nobody looks at what is in the memory of its batches any more.
  func end(_ batches: [ProducerBatch]) { free.removeAll { batch in batches.contains { $0 === batch } } }
}
