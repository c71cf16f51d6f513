/// Describes the state of the metadata quorum (KIP-595).
public struct DescribeQuorumRequest: ApiRequest {
  public typealias Response = DescribeQuorumResponse
  public static var apiKey: ApiKey { .describeQuorum }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var topics: [TopicData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
  }

  public struct TopicData: Structure {
    public var topicName: String = ""
    public var partitions: [PartitionData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionData: Structure {
    public var partitionIndex: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
    }
  }
}
