/// Lists the producers that a partition leader knows (KIP-664).
public struct DescribeProducersRequest: ApiRequest {
  public typealias Response = DescribeProducersResponse
  public static var apiKey: ApiKey { .describeProducers }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topics: [TopicRequest] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
  }

  public struct TopicRequest: Structure {
    public var name: String = ""
    public var partitionIndexes: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("PartitionIndexes", &partitionIndexes)
    }
  }
}
