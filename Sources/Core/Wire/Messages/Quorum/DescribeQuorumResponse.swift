import Primitives

/// The response to `DescribeQuorumRequest`.
public struct DescribeQuorumResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeQuorum }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var topics: [TopicData] = []
  public var nodes: [Node] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage, 2..., ignorable: true)
    try c.array("Topics", &topics)
    try c.array("Nodes", &nodes, 2...)
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
    public var errorMessage: String? = ""
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = 0
    public var highWatermark: Int64 = 0
    public var currentVoters: [ReplicaState] = []
    public var observers: [ReplicaState] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage, 2..., ignorable: true)
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.int64("HighWatermark", &highWatermark)
      try c.array("CurrentVoters", &currentVoters)
      try c.array("Observers", &observers)
    }
  }

  public struct Node: Structure {
    public var nodeId: Int32 = 0
    public var listeners: [Listener] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("NodeId", &nodeId)
      try c.array("Listeners", &listeners)
    }
  }

  public struct Listener: Structure {
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

  public struct ReplicaState: Structure {
    public var replicaId: Int32 = 0
    /// The log directory of the follower's replica (KIP-853, KIP-858).
    public var replicaDirectoryId: Uuid = .zero
    public var logEndOffset: Int64 = 0
    public var lastFetchTimestamp: Int64 = -1
    public var lastCaughtUpTimestamp: Int64 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("ReplicaId", &replicaId)
      try c.uuid("ReplicaDirectoryId", &replicaDirectoryId, 2...)
      try c.int64("LogEndOffset", &logEndOffset)
      try c.int64("LastFetchTimestamp", &lastFetchTimestamp, 1..., ignorable: true)
      try c.int64("LastCaughtUpTimestamp", &lastCaughtUpTimestamp, 1..., ignorable: true)
    }
  }
}
