/// Creates topics, or only checks whether they could be created.
public struct CreateTopicsRequest: ApiRequest {
  public typealias Response = CreateTopicsResponse
  public static var apiKey: ApiKey { .createTopics }
  public static var validVersions: ClosedRange<Int16> { 2...7 }
  public static var flexibleVersions: VersionRange { 5... }

  public var topics: [CreatableTopic] = []
  public var timeoutMs: Int32 = 60000
  public var validateOnly: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
    try c.int32("timeoutMs", &timeoutMs)
    try c.bool("validateOnly", &validateOnly)
  }

  public struct CreatableTopic: Structure {
    public var name: String = ""
    /// -1 if the assignments determine it, or to use the broker's default.
    public var numPartitions: Int32 = 0
    /// -1 if the assignments determine it, or to use the broker's default.
    public var replicationFactor: Int16 = 0
    public var assignments: [CreatableReplicaAssignment] = []
    public var configs: [CreatableTopicConfig] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int32("NumPartitions", &numPartitions)
      try c.int16("ReplicationFactor", &replicationFactor)
      try c.array("Assignments", &assignments)
      try c.array("Configs", &configs)
    }
  }

  public struct CreatableReplicaAssignment: Structure {
    public var partitionIndex: Int32 = 0
    public var brokerIds: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.array("BrokerIds", &brokerIds)
    }
  }

  public struct CreatableTopicConfig: Structure {
    public var name: String = ""
    public var value: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.nullableString("Value", &value)
    }
  }
}
