import Primitives

/// The response to `AlterPartitionRequest`.
public struct AlterPartitionResponse: ApiMessage {
  public static var apiKey: ApiKey { .alterPartition }
  public static var validVersions: ClosedRange<Int16> { 2...3 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var topics: [TopicData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("Topics", &topics)
  }

  public struct TopicData: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [PartitionData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionData: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = 0
    public var isr: [Int32] = []
    /// 0 recovered, 1 recovering after an unclean election (KIP-704).
    public var leaderRecoveryState: Int8 = 0
    public var partitionEpoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.array("Isr", &isr)
      try c.int8("LeaderRecoveryState", &leaderRecoveryState)
      try c.int32("PartitionEpoch", &partitionEpoch)
    }
  }
}
