import Primitives
import Transactions

/// A transaction whose end is decided, until its markers are written and that is on record (Kafka's `PendingCompleteTxn`).
final class PreparedTransaction {
  let order: MarkerOrder
  /// The partition of `__transaction_state` that it is recorded in, and the leadership in which it was prepared, or loaded: it is that of the markers.
  let partition: Int32
  let epoch: LeaderEpoch
  /// Partitions whose marker is not known to be written. Only looked up.
  var remaining: Set<TopicPartition>
  /// Every marker is written, and that is being recorded.
  var isCompleting = false

  init(_ order: MarkerOrder, of partition: Int32, in epoch: LeaderEpoch) {
    self.order = order
    self.partition = partition
    self.epoch = epoch
    remaining = Set(order.partitions)
  }
}

/// Markers of one transaction on their way.
struct MarkersUnderWay {
  let transaction: PreparedTransaction
  var partitions: [TopicPartition]
}
