import Primitives

/// How records without an explicit partition are distributed.
public enum Partitioning: Sendable {
  /// Kafka's default: by murmur2 of the key; records without a key go to one partition for a batch (KIP-480, KIP-794).
  case `default`
  /// Each partition in turn, regardless of keys.
  case roundRobin
  /// Chosen by the application.
  case custom(@Sendable (PartitioningInput) -> Int32)
}

/// The input of a custom partitioner.
public struct PartitioningInput: Sendable {
  public let topic: String
  public let key: Bytes?
  public let value: Bytes?
  /// The number of all partitions, with or without a leader.
  public let partitionCount: Int
  /// The partitions that have a leader, in ascending order.
  public let availablePartitions: [Int32]
}
