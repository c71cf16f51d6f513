/// The response to `ListOffsetsRequest`.
public struct ListOffsetsResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .listOffsets }
  public static var validVersions: ClosedRange<Int16> { 1...11 }
  public static var flexibleVersions: VersionRange { 6... }

  public var throttleTimeMs: Int32 = 0
  public var topics: [ListOffsetsTopicResponse] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 2..., ignorable: true)
    try c.array("Topics", &topics)
  }

  public struct ListOffsetsTopicResponse: Structure {
    public var name: String = ""
    public var partitions: [ListOffsetsPartitionResponse] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct ListOffsetsPartitionResponse: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var timestamp: Int64 = -1
    public var offset: Int64 = -1
    public var leaderEpoch: Int32 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.int64("Timestamp", &timestamp)
      try c.int64("Offset", &offset)
      try c.int32("LeaderEpoch", &leaderEpoch, 4..., default: -1)
    }
  }
}
