import Primitives

/// What a member of a consumer group (KIP-848) should own.
public struct ConsumerGroupTargetAssignmentMemberValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 7 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topicPartitions: [TopicPartition] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("TopicPartitions", &topicPartitions)
  }

  public struct TopicPartition: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }
}
