/// The response to `DeleteRecordsRequest`.
public struct DeleteRecordsResponse: ApiMessage {
  public static var apiKey: ApiKey { .deleteRecords }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var topics: [DeleteRecordsTopicResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Topics", &topics)
  }

  public struct DeleteRecordsTopicResult: Structure {
    public var name: String = ""
    public var partitions: [DeleteRecordsPartitionResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct DeleteRecordsPartitionResult: Structure {
    public var partitionIndex: Int32 = 0
    public var lowWatermark: Int64 = 0
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("LowWatermark", &lowWatermark)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
