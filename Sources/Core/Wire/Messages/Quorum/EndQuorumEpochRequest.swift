import Primitives

/// Announces that a quorum leader resigns, and which successors it prefers (KIP-595).
public struct EndQuorumEpochRequest: ApiRequest {
  public typealias Response = EndQuorumEpochResponse
  public static var apiKey: ApiKey { .endQuorumEpoch }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var clusterId: String?
  public var topics: [TopicData] = []
  public var leaderEndpoints: [LeaderEndpoint] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("ClusterId", &clusterId)
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
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = 0
    public var preferredSuccessors: [Int32] = []
    public var preferredCandidates: [ReplicaInfo] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.array("PreferredSuccessors", &preferredSuccessors, 0, ignorable: true)
      try c.array("PreferredCandidates", &preferredCandidates, 1..., ignorable: true)
    }
  }

  public struct ReplicaInfo: Structure {
    public var candidateId: Int32 = 0
    public var candidateDirectoryId: Uuid = .zero

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("CandidateId", &candidateId)
      try c.uuid("CandidateDirectoryId", &candidateDirectoryId)
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
