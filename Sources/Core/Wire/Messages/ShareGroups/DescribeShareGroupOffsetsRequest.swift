/// Lists the start offsets of share groups.
public struct DescribeShareGroupOffsetsRequest: ApiRequest {
  public typealias Response = DescribeShareGroupOffsetsResponse
  public static var apiKey: ApiKey { .describeShareGroupOffsets }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var groups: [DescribeShareGroupOffsetsRequestGroup] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Groups", &groups)
  }

  public struct DescribeShareGroupOffsetsRequestGroup: Structure {
    public var groupId: String = ""
    public var topics: [DescribeShareGroupOffsetsRequestTopic]? = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("GroupId", &groupId)
      try c.nullableArray("Topics", &topics)
    }
  }

  public struct DescribeShareGroupOffsetsRequestTopic: Structure {
    public var topicName: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.array("Partitions", &partitions)
    }
  }
}
