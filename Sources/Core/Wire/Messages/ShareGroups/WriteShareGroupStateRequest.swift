import Primitives

/// Writes the persisted state of share partitions (KIP-932).
public struct WriteShareGroupStateRequest: ApiRequest {
  public typealias Response = WriteShareGroupStateResponse
  public static var apiKey: ApiKey { .writeShareGroupState }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var topics: [WriteStateData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.array("Topics", &topics)
  }

  public struct WriteStateData: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [PartitionData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionData: Structure {
    public var partition: Int32 = 0
    public var stateEpoch: Int32 = 0
    public var leaderEpoch: Int32 = 0
    public var startOffset: Int64 = 0
    public var deliveryCompleteCount: Int32 = -1
    public var stateBatches: [StateBatch] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.int32("StateEpoch", &stateEpoch)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.int64("StartOffset", &startOffset)
      try c.int32("DeliveryCompleteCount", &deliveryCompleteCount, 1..., ignorable: true)
      try c.array("StateBatches", &stateBatches)
    }
  }

  public struct StateBatch: Structure {
    public var firstOffset: Int64 = 0
    public var lastOffset: Int64 = 0
    public var deliveryState: Int8 = 0
    public var deliveryCount: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("FirstOffset", &firstOffset)
      try c.int64("LastOffset", &lastOffset)
      try c.int8("DeliveryState", &deliveryState)
      try c.int16("DeliveryCount", &deliveryCount)
    }
  }
}
