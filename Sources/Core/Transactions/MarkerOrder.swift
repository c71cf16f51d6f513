import Primitives

/// How a transaction ended, for those who write it into its partitions. It comes out of the shard once the record that decided it is committed, and after loading for
/// what was found decided. May name no partitions: such a transaction has only to be completed.
public struct MarkerOrder: Sendable, Equatable {
  public var transactionalID: String
  public var producerID: Int64
  /// Of the marker.
  public var producerEpoch: Int16
  public var isCommit: Bool
  /// Ascending, each once.
  public var partitions: [TopicPartition]
  /// The level at which the producer works (KIP-1228): 0 or 2.
  public var transactionVersion: Int16

  public init(
    transactionalID: String, producerID: Int64, producerEpoch: Int16, isCommit: Bool, partitions: [TopicPartition], transactionVersion: Int16
  ) {
    self.transactionalID = transactionalID
    self.producerID = producerID
    self.producerEpoch = producerEpoch
    self.isCommit = isCommit
    self.partitions = partitions
    self.transactionVersion = transactionVersion
  }
}
