import Primitives

/// The response to `ReadShareGroupStateRequest`.
public struct ReadShareGroupStateResponse: ApiMessage {
  public static var apiKey: ApiKey { .readShareGroupState }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var results: [ReadStateResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Results", &results)
  }

  public struct ReadStateResult: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [PartitionResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionResult: Structure {
    public var partition: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?
    public var stateEpoch: Int32 = 0
    public var startOffset: Int64 = 0
    public var stateBatches: [StateBatch] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.int32("StateEpoch", &stateEpoch)
      try c.int64("StartOffset", &startOffset)
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
