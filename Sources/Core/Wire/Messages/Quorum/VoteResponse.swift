/// The response to `VoteRequest`.
public struct VoteResponse: ApiMessage {
  public static var apiKey: ApiKey { .vote }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var errorCode: ErrorCode = .none
  public var topics: [TopicData] = []
  /// Addresses of the leaders named above, which saves the client a metadata request (KIP-951).
  public var nodeEndpoints: [NodeEndpoint] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("Topics", &topics)
    try c.tagged(0, "NodeEndpoints", &nodeEndpoints, 1...)
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
    public var errorCode: ErrorCode = .none
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = 0
    public var voteGranted: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.bool("VoteGranted", &voteGranted)
    }
  }

  public struct NodeEndpoint: Structure {
    public var nodeId: Int32 = 0
    public var host: String = ""
    public var port: UInt16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("NodeId", &nodeId)
      try c.string("Host", &host)
      try c.uint16("Port", &port)
    }
  }
}
