/// A position in a partition's log. Ends (log end offset, high watermark) are exclusive, as in Kafka. Arithmetic saturates.
public struct Offset: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var value: Int64
  @inlinable public init(_ value: Int64) { self.value = value }
  @inlinable public init(integerLiteral value: Int64) { self.value = value }
  @inlinable public static func < (left: Offset, right: Offset) -> Bool { left.value < right.value }
  @inlinable public static func + (left: Offset, right: Int64) -> Offset { Offset(left.value.saturatingAdding(right)) }
  @inlinable public static func - (left: Offset, right: Int64) -> Offset { Offset(left.value.saturatingSubtracting(right)) }
  @inlinable public static func - (left: Offset, right: Offset) -> Int64 { left.value.saturatingSubtracting(right.value) }
  /// Kafka's "unknown offset" (-1).
  public static let unknown = Offset(-1)
  public var description: String { String(value) }
}

/// The number of a node: a broker or a controller. Kafka's protocol gives clients none.
public struct NodeID: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var value: Int32
  @inlinable public init(_ value: Int32) { self.value = value }
  @inlinable public init(integerLiteral value: Int32) { self.value = value }
  @inlinable public static func < (left: NodeID, right: NodeID) -> Bool { left.value < right.value }
  /// Kafka's "no leader", "no replica" (-1).
  public static let none = NodeID(-1)
  public var description: String { String(value) }
}

/// Counts the leaderships of a partition, or of the metadata log (KIP-101, KIP-595). Grows with every election.
public struct LeaderEpoch: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var value: Int32
  @inlinable public init(_ value: Int32) { self.value = value }
  @inlinable public init(integerLiteral value: Int32) { self.value = value }
  @inlinable public static func < (left: LeaderEpoch, right: LeaderEpoch) -> Bool { left.value < right.value }
  /// Kafka's "unknown epoch" (-1).
  public static let unknown = LeaderEpoch(-1)
  /// The epoch that follows; the largest epoch is followed by itself.
  @inlinable public var next: LeaderEpoch { LeaderEpoch(value.saturatingAdding(1)) }
  public var description: String { String(value) }
}

/// Counts every change of a partition's state at the controller: leader, ISR, replicas (KIP-497).
public struct PartitionEpoch: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var value: Int32
  @inlinable public init(_ value: Int32) { self.value = value }
  @inlinable public init(integerLiteral value: Int32) { self.value = value }
  @inlinable public static func < (left: PartitionEpoch, right: PartitionEpoch) -> Bool { left.value < right.value }
  /// The epoch that follows; the largest epoch is followed by itself.
  @inlinable public var next: PartitionEpoch { PartitionEpoch(value.saturatingAdding(1)) }
  public var description: String { String(value) }
}

/// Names one registration of a broker with the controller: the offset of its registration record (KIP-631).
public struct BrokerEpoch: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public var value: Int64
  @inlinable public init(_ value: Int64) { self.value = value }
  @inlinable public init(integerLiteral value: Int64) { self.value = value }
  @inlinable public static func < (left: BrokerEpoch, right: BrokerEpoch) -> Bool { left.value < right.value }
  /// The epoch of a broker that is not registered yet (-1).
  public static let unknown = BrokerEpoch(-1)
  public var description: String { String(value) }
}

/// A partition identified by its topic's name. Names are ASCII by Kafka's rules, so comparing them as strings compares their bytes.
public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var topic: String
  public var partition: Int32

  @inlinable
  public init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }

  @inlinable
  public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
    left.topic == right.topic ? left.partition < right.partition : left.topic < right.topic
  }

  /// `topic-partition`, as Kafka names a partition's directory.
  public var description: String { "\(topic)-\(partition)" }
}

/// A partition identified by its topic's id (KIP-516): a topic that was deleted and created again is a different one.
public struct TopicIDPartition: Hashable, Sendable {
  public var topic: Uuid
  public var partition: Int32

  @inlinable
  public init(_ topic: Uuid, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}
