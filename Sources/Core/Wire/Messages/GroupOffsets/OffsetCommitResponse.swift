import Primitives

/// The response to `OffsetCommitRequest`.
public struct OffsetCommitResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .offsetCommit }
  public static var validVersions: ClosedRange<Int16> { 2...10 }
  public static var flexibleVersions: VersionRange { 8... }

  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetCommitResponseTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 3..., ignorable: true)
    try c.array("Topics", &topics)
  }

  public struct OffsetCommitResponseTopic: Structure {
    public var name: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [OffsetCommitResponsePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name, 0...9, ignorable: true)
      try c.uuid("TopicId", &topicId, 10..., ignorable: true)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OffsetCommitResponsePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
