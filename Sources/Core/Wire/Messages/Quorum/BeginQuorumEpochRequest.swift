import Primitives

/// Announces the epoch of a newly elected quorum leader to the voters (KIP-595).
public struct BeginQuorumEpochRequest: ApiRequest {
  public typealias Response = BeginQuorumEpochResponse
  public static var apiKey: ApiKey { .beginQuorumEpoch }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var clusterId: String?
  public var voterId: Int32 = -1
  public var topics: [TopicData] = []
  public var leaderEndpoints: [LeaderEndpoint] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("ClusterId", &clusterId)
    try c.int32("VoterId", &voterId, 1..., ignorable: true)
    try c.array("Topics", &topics)
    try c.array("LeaderEndpoints", &leaderEndpoints, 1..., ignorable: true)
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
    public var voterDirectoryId: Uuid = .zero
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.uuid("VoterDirectoryId", &voterDirectoryId, 1..., ignorable: true)
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
    }
  }

  public struct LeaderEndpoint: Structure {
    public var name: String = ""
    public var host: String = ""
    public var port: UInt16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.string("Host", &host)
      try c.uint16("Port", &port)
    }
  }
}
