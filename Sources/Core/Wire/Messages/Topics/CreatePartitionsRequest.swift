/// Raises the number of partitions of topics.
public struct CreatePartitionsRequest: ApiRequest {
  public typealias Response = CreatePartitionsResponse
  public static var apiKey: ApiKey { .createPartitions }
  public static var validVersions: ClosedRange<Int16> { 0...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var topics: [CreatePartitionsTopic] = []
  public var timeoutMs: Int32 = 0
  public var validateOnly: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
    try c.int32("TimeoutMs", &timeoutMs)
    try c.bool("ValidateOnly", &validateOnly)
  }

  public struct CreatePartitionsTopic: Structure {
    public var name: String = ""
    public var count: Int32 = 0
    public var assignments: [CreatePartitionsAssignment]? = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int32("Count", &count)
      try c.nullableArray("Assignments", &assignments)
    }
  }

  public struct CreatePartitionsAssignment: Structure {
    public var brokerIds: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.array("BrokerIds", &brokerIds)
    }
  }
}
