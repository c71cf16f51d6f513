import Primitives

/// The markers for the partitions that one broker leads (Kafka's `TxnMarkerQueue`).
final class MarkerDestination {
  let leader: NodeID
  /// The markers in the request in flight; empty if there is none.
  var sent: [MarkersUnderWay] = []
  /// The markers that arrived in the meantime: they are sent together.
  private(set) var waiting: [MarkersUnderWay] = []

  init(leader: NodeID) { self.leader = leader }

  func add(_ partition: TopicPartition, of transaction: PreparedTransaction) {
    if let last = waiting.indices.last(where: { waiting[$0].transaction === transaction }) {
      waiting[last].partitions.append(partition)
    } else {
      waiting.append(MarkersUnderWay(transaction: transaction, partitions: [partition]))
    }
  }

  func takeWaiting() -> [MarkersUnderWay] {
    defer { waiting = [] }
    return waiting
  }
}
