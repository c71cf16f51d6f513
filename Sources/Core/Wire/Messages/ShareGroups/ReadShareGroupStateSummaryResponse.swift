import Primitives

/// The response to `ReadShareGroupStateSummaryRequest`.
public struct ReadShareGroupStateSummaryResponse: ApiMessage {
  public static var apiKey: ApiKey { .readShareGroupStateSummary }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var results: [ReadStateSummaryResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Results", &results)
  }

  public struct ReadStateSummaryResult: Structure {
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
    public var leaderEpoch: Int32 = 0
    public var startOffset: Int64 = 0
    public var deliveryCompleteCount: Int32 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.int32("StateEpoch", &stateEpoch)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.int64("StartOffset", &startOffset)
      try c.int32("DeliveryCompleteCount", &deliveryCompleteCount, 1..., ignorable: true)
    }
  }
}
