import Primitives

/// Asks for a vote for a candidate of the metadata quorum or, before a real election, whether it would get the vote (KIP-595, KIP-996).
public struct VoteRequest: ApiRequest {
  public typealias Response = VoteResponse
  public static var apiKey: ApiKey { .vote }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var clusterId: String?
  public var voterId: Int32 = -1
  public var topics: [TopicData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("ClusterId", &clusterId)
    try c.int32("VoterId", &voterId, 1..., ignorable: true)
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
    public var replicaEpoch: Int32 = 0
    public var replicaId: Int32 = 0
    /// The log directory of the follower's replica (KIP-853, KIP-858).
    public var replicaDirectoryId: Uuid = .zero
    public var voterDirectoryId: Uuid = .zero
    public var lastOffsetEpoch: Int32 = 0
    public var lastOffset: Int64 = 0
    /// Whether the candidate only asks, before a real election, if it would get the vote (KIP-996).
    public var preVote: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int32("ReplicaEpoch", &replicaEpoch)
      try c.int32("ReplicaId", &replicaId)
      try c.uuid("ReplicaDirectoryId", &replicaDirectoryId, 1..., ignorable: true)
      try c.uuid("VoterDirectoryId", &voterDirectoryId, 1..., ignorable: true)
      try c.int32("LastOffsetEpoch", &lastOffsetEpoch)
      try c.int64("LastOffset", &lastOffset)
      try c.bool("PreVote", &preVote, 2...)
    }
  }
}
