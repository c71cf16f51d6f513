import Primitives

/// How the end of a transaction is carried out at its coordinator, for observers.
public enum TransactionEnd {
  /// Where the marker of a partition is that is not known to be written.
  public enum Marker: Sendable, Equatable {
    case sent(to: NodeID)
    /// It waits for the answer to the request before it.
    case queued(for: NodeID)
    /// The leader refused it for now, did not answer, or is not known: it is sent again soon.
    case postponed
    /// It is nowhere: nobody sends it.
    case forgotten
  }

  /// In the order of the partitions.
  case marked([(partition: TopicPartition, marker: Marker)])
  /// Every marker is written, and the completion is being recorded.
  case recorded
}
