/// Describes a broker's log directories and their contents.
public struct DescribeLogDirsRequest: ApiRequest {
  public typealias Response = DescribeLogDirsResponse
  public static var apiKey: ApiKey { .describeLogDirs }
  public static var validVersions: ClosedRange<Int16> { 1...5 }
  public static var flexibleVersions: VersionRange { 2... }

  public var topics: [DescribableLogDirTopic]? = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableArray("Topics", &topics)
  }

  public struct DescribableLogDirTopic: Structure {
    public var topic: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
    }
  }
}
