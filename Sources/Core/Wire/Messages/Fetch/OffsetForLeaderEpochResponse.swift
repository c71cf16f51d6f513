/// The response to `OffsetForLeaderEpochRequest`.
public struct OffsetForLeaderEpochResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .offsetForLeaderEpoch }
  public static var validVersions: ClosedRange<Int16> { 2...4 }
  public static var flexibleVersions: VersionRange { 4... }

  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetForLeaderTopicResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Topics", &topics)
  }

  public struct OffsetForLeaderTopicResult: Structure {
    public var topic: String = ""
    public var partitions: [EpochEndOffset] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
    }
  }

  public struct EpochEndOffset: Structure {
    public var errorCode: ErrorCode = .none
    public var partition: Int32 = 0
    public var leaderEpoch: Int32 = -1
    /// The offset after the last record of the epoch; -1 if unknown.
    public var endOffset: Int64 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.int32("Partition", &partition)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.int64("EndOffset", &endOffset)
    }
  }
}
