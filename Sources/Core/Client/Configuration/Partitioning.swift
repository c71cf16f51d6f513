import Primitives

/// How records without an explicit partition are spread.
public enum Partitioning: Sendable {
  /// Kafka's default: by murmur2 of the key; records without a key stay on one partition for a batch (KIP-480, KIP-794).
  case `default`
  /// One partition after another, keys or not.
  case roundRobin
  /// The application's choice.
  case custom(@Sendable (PartitioningInput) -> Int32)
}

/// What a custom partitioner may look at.
public struct PartitioningInput: Sendable {
  public let topic: String
  public let key: Bytes?
  public let value: Bytes?
  /// All partitions, led or not.
  public let partitionCount: Int
  /// The partitions that have a leader, in ascending order.
  public let availablePartitions: [Int32]
}
