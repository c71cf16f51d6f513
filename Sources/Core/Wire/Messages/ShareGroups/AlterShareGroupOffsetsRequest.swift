/// Sets the start offsets of a share group.
public struct AlterShareGroupOffsetsRequest: ApiRequest {
  public typealias Response = AlterShareGroupOffsetsResponse
  public static var apiKey: ApiKey { .alterShareGroupOffsets }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var topics: [AlterShareGroupOffsetsRequestTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.array("Topics", &topics)
  }

  public struct AlterShareGroupOffsetsRequestTopic: Structure {
    public var topicName: String = ""
    public var partitions: [AlterShareGroupOffsetsRequestPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.array("Partitions", &partitions)
    }
  }

  public struct AlterShareGroupOffsetsRequestPartition: Structure {
    public var partitionIndex: Int32 = 0
    public var startOffset: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("StartOffset", &startOffset)
    }
  }
}
