import Primitives

/// The response to `DescribeTopicPartitionsRequest`.
public struct DescribeTopicPartitionsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeTopicPartitions }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var topics: [DescribeTopicPartitionsResponseTopic] = []
  public var nextCursor: Cursor?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Topics", &topics)
    try c.nullableStructure("NextCursor", &nextCursor)
  }

  public struct DescribeTopicPartitionsResponseTopic: Structure {
    public var errorCode: ErrorCode = .none
    public var name: String? = ""
    public var topicId: Uuid = .zero
    public var isInternal: Bool = false
    public var partitions: [DescribeTopicPartitionsResponsePartition] = []
    /// Bit n stands for operation n; the smallest integer means that the client did not ask.
    public var topicAuthorizedOperations: Int32 = .min

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("Name", &name)
      try c.uuid("TopicId", &topicId)
      try c.bool("IsInternal", &isInternal)
      try c.array("Partitions", &partitions)
      try c.int32("TopicAuthorizedOperations", &topicAuthorizedOperations)
    }
  }

  public struct DescribeTopicPartitionsResponsePartition: Structure {
    public var errorCode: ErrorCode = .none
    public var partitionIndex: Int32 = 0
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = -1
    public var replicaNodes: [Int32] = []
    public var isrNodes: [Int32] = []
    /// Replicas outside the ISR that hold every committed record (KIP-966).
    public var eligibleLeaderReplicas: [Int32]?
    /// Replicas to fall back on if the ISR and the eligible replicas are all gone (KIP-966).
    public var lastKnownElr: [Int32]?
    public var offlineReplicas: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.array("ReplicaNodes", &replicaNodes)
      try c.array("IsrNodes", &isrNodes)
      try c.nullableArray("EligibleLeaderReplicas", &eligibleLeaderReplicas)
      try c.nullableArray("LastKnownElr", &lastKnownElr)
      try c.array("OfflineReplicas", &offlineReplicas)
    }
  }

  public struct Cursor: Structure {
    public var topicName: String = ""
    public var partitionIndex: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.int32("PartitionIndex", &partitionIndex)
    }
  }
}
