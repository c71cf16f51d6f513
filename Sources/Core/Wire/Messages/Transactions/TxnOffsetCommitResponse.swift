/// The response to `TxnOffsetCommitRequest`.
public struct TxnOffsetCommitResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .txnOffsetCommit }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var throttleTimeMs: Int32 = 0
  public var topics: [TxnOffsetCommitResponseTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Topics", &topics)
  }

  public struct TxnOffsetCommitResponseTopic: Structure {
    public var name: String = ""
    public var partitions: [TxnOffsetCommitResponsePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct TxnOffsetCommitResponsePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
