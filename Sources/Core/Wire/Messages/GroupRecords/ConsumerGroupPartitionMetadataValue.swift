import Primitives

/// The topics that a consumer group (KIP-848) subscribes to, as the group last saw them.
public struct ConsumerGroupPartitionMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 4 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topics: [TopicMetadata] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
  }

  public struct TopicMetadata: Structure {
    public var topicId: Uuid = .zero
    public var topicName: String = ""
    public var numPartitions: Int32 = 0
    public var partitionMetadata: [PartitionMetadata] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.string("TopicName", &topicName)
      try c.int32("NumPartitions", &numPartitions)
      try c.array("PartitionMetadata", &partitionMetadata)
    }
  }

  public struct PartitionMetadata: Structure {
    public var partition: Int32 = 0
    public var racks: [String] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.array("Racks", &racks)
    }
  }
}
