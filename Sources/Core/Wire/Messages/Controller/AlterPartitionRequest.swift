import Primitives

/// Asks the controller for a different ISR; sent by a partition's leader (KIP-497).
public struct AlterPartitionRequest: ApiRequest {
  public typealias Response = AlterPartitionResponse
  public static var apiKey: ApiKey { .alterPartition }
  public static var validVersions: ClosedRange<Int16> { 2...3 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var brokerEpoch: Int64 = -1
  public var topics: [TopicData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.int64("BrokerEpoch", &brokerEpoch)
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
    public var leaderEpoch: Int32 = 0
    public var newIsr: [Int32] = []
    public var newIsrWithEpochs: [BrokerState] = []
    /// 0 recovered, 1 recovering after an unclean election (KIP-704).
    public var leaderRecoveryState: Int8 = 0
    public var partitionEpoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.array("NewIsr", &newIsr, 0...2)
      try c.array("NewIsrWithEpochs", &newIsrWithEpochs, 3...)
      try c.int8("LeaderRecoveryState", &leaderRecoveryState)
      try c.int32("PartitionEpoch", &partitionEpoch)
    }
  }

  public struct BrokerState: Structure {
    public var brokerId: Int32 = 0
    public var brokerEpoch: Int64 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("BrokerId", &brokerId)
      try c.int64("BrokerEpoch", &brokerEpoch)
    }
  }
}
