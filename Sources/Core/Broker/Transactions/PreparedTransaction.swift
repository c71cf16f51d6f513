import Primitives
import Transactions

/// A transaction whose end is decided, until its markers are written and its completion is recorded (Kafka's `PendingCompleteTxn`).
final class PreparedTransaction {
  let order: MarkerOrder
  /// The partition of `__transaction_state` that holds it, and the leader epoch in which it was prepared or loaded, which is the markers' coordinator
  /// epoch.
  let partition: Int32
  let epoch: LeaderEpoch
  /// Partitions whose marker is not known to be written. Only for lookups.
  var remaining: Set<TopicPartition>
  /// Every marker is written, and the completion is being recorded.
  var isCompleting = false

  init(_ order: MarkerOrder, of partition: Int32, in epoch: LeaderEpoch) {
    self.order = order
    self.partition = partition
    self.epoch = epoch
    remaining = Set(order.partitions)
  }
}

/// Markers of one transaction that are being sent.
struct MarkersUnderWay {
  let transaction: PreparedTransaction
  var partitions: [TopicPartition]
}
