/// Describes topics page by page, with their eligible leader replicas (KIP-966).
public struct DescribeTopicPartitionsRequest: ApiRequest {
  public typealias Response = DescribeTopicPartitionsResponse
  public static var apiKey: ApiKey { .describeTopicPartitions }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topics: [TopicRequest] = []
  public var responsePartitionLimit: Int32 = 2000
  public var cursor: Cursor?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
    try c.int32("ResponsePartitionLimit", &responsePartitionLimit)
    try c.nullableStructure("Cursor", &cursor)
  }

  public struct TopicRequest: Structure {
    public var name: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
    }
  }

  public struct Cursor: Structure {
    public var topicName: String = ""
    public var partitionIndex: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.int32("PartitionIndex", &partitionIndex)
    }
  }
}
