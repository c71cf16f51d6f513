/// The response to `DescribeProducersRequest`.
public struct DescribeProducersResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeProducers }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var topics: [TopicResponse] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Topics", &topics)
  }

  public struct TopicResponse: Structure {
    public var name: String = ""
    public var partitions: [PartitionResponse] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionResponse: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?
    public var activeProducers: [ProducerState] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.array("ActiveProducers", &activeProducers)
    }
  }

  public struct ProducerState: Structure {
    public var producerId: Int64 = 0
    public var producerEpoch: Int32 = 0
    public var lastSequence: Int32 = -1
    public var lastTimestamp: Int64 = -1
    public var coordinatorEpoch: Int32 = 0
    /// The first offset of this producer's open transaction; -1 if there is none.
    public var currentTxnStartOffset: Int64 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("ProducerId", &producerId)
      try c.int32("ProducerEpoch", &producerEpoch)
      try c.int32("LastSequence", &lastSequence)
      try c.int64("LastTimestamp", &lastTimestamp)
      try c.int32("CoordinatorEpoch", &coordinatorEpoch)
      try c.int64("CurrentTxnStartOffset", &currentTxnStartOffset)
    }
  }
}
