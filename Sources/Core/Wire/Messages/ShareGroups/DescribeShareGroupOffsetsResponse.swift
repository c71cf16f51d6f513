import Primitives

/// The response to `DescribeShareGroupOffsetsRequest`.
public struct DescribeShareGroupOffsetsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeShareGroupOffsets }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var groups: [DescribeShareGroupOffsetsResponseGroup] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Groups", &groups)
  }

  public struct DescribeShareGroupOffsetsResponseGroup: Structure {
    public var groupId: String = ""
    public var topics: [DescribeShareGroupOffsetsResponseTopic] = []
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("GroupId", &groupId)
      try c.array("Topics", &topics)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }

  public struct DescribeShareGroupOffsetsResponseTopic: Structure {
    public var topicName: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [DescribeShareGroupOffsetsResponsePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct DescribeShareGroupOffsetsResponsePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var startOffset: Int64 = 0
    public var leaderEpoch: Int32 = 0
    public var lag: Int64 = -1
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("StartOffset", &startOffset)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.int64("Lag", &lag, 1..., ignorable: true)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
