import Primitives

/// The response to `MetadataRequest`.
public struct MetadataResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .metadata }
  public static var validVersions: ClosedRange<Int16> { 0...13 }
  public static var flexibleVersions: VersionRange { 9... }

  public var throttleTimeMs: Int32 = 0
  public var brokers: [MetadataResponseBroker] = []
  public var clusterId: String?
  public var controllerId: Int32 = -1
  public var topics: [MetadataResponseTopic] = []
  /// Bit n stands for operation n; the smallest integer means that the client did not ask.
  public var clusterAuthorizedOperations: Int32 = .min
  public var errorCode: ErrorCode = .none

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 3..., ignorable: true)
    try c.array("Brokers", &brokers)
    try c.nullableString("ClusterId", &clusterId, 2..., ignorable: true)
    try c.int32("ControllerId", &controllerId, 1..., ignorable: true)
    try c.array("Topics", &topics)
    try c.int32("ClusterAuthorizedOperations", &clusterAuthorizedOperations, 8...10, default: .min)
    try c.errorCode("ErrorCode", &errorCode, 13..., ignorable: true)
  }

  public struct MetadataResponseBroker: Structure {
    public var nodeId: Int32 = 0
    public var host: String = ""
    public var port: Int32 = 0
    public var rack: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("NodeId", &nodeId)
      try c.string("Host", &host)
      try c.int32("Port", &port)
      try c.nullableString("Rack", &rack, 1..., ignorable: true)
    }
  }

  public struct MetadataResponseTopic: Structure {
    public var errorCode: ErrorCode = .none
    public var name: String? = ""
    public var topicId: Uuid = .zero
    public var isInternal: Bool = false
    public var partitions: [MetadataResponsePartition] = []
    /// Bit n stands for operation n; the smallest integer means that the client did not ask.
    public var topicAuthorizedOperations: Int32 = .min

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("Name", &name, nullable: 12...)
      try c.uuid("TopicId", &topicId, 10..., ignorable: true)
      try c.bool("IsInternal", &isInternal, 1..., ignorable: true)
      try c.array("Partitions", &partitions)
      try c.int32("TopicAuthorizedOperations", &topicAuthorizedOperations, 8..., default: .min)
    }
  }

  public struct MetadataResponsePartition: Structure {
    public var errorCode: ErrorCode = .none
    public var partitionIndex: Int32 = 0
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = -1
    public var replicaNodes: [Int32] = []
    public var isrNodes: [Int32] = []
    public var offlineReplicas: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch, 7..., ignorable: true)
      try c.array("ReplicaNodes", &replicaNodes)
      try c.array("IsrNodes", &isrNodes)
      try c.array("OfflineReplicas", &offlineReplicas, 5..., ignorable: true)
    }
  }
}
