import Primitives

/// An order to write the end of a transaction into its partitions. The shard issues it once the record with the decision is committed, and after
/// loading for decisions that it found. It may name no partitions: such a transaction only has to be completed.
public struct MarkerOrder: Sendable, Equatable {
  public var transactionalID: String
  public var producerID: Int64
  /// The epoch of the marker.
  public var producerEpoch: Int16
  public var isCommit: Bool
  /// Ascending, without repetitions.
  public var partitions: [TopicPartition]
  /// The producer's transaction version (KIP-1228): 0 or 2.
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
