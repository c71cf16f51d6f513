import Primitives

/// The response to `OffsetFetchRequest`.
public struct OffsetFetchResponse: ApiMessage {
  public static var apiKey: ApiKey { .offsetFetch }
  public static var validVersions: ClosedRange<Int16> { 1...10 }
  public static var flexibleVersions: VersionRange { 6... }

  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetFetchResponseTopic] = []
  public var errorCode: ErrorCode = .none
  public var groups: [OffsetFetchResponseGroup] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 3..., ignorable: true)
    try c.array("Topics", &topics, 0...7)
    try c.errorCode("ErrorCode", &errorCode, 2...7, ignorable: true)
    try c.array("Groups", &groups, 8...)
  }

  public struct OffsetFetchResponseTopic: Structure {
    public var name: String = ""
    public var partitions: [OffsetFetchResponsePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OffsetFetchResponsePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var committedOffset: Int64 = 0
    /// The leader epoch of the last consumed record; -1 if unknown.
    public var committedLeaderEpoch: Int32 = -1
    public var metadata: String? = ""
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("CommittedOffset", &committedOffset)
      try c.int32("CommittedLeaderEpoch", &committedLeaderEpoch, 5..., ignorable: true)
      try c.nullableString("Metadata", &metadata)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }

  public struct OffsetFetchResponseGroup: Structure {
    public var groupId: String = ""
    public var topics: [OffsetFetchResponseTopics] = []
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("GroupId", &groupId)
      try c.array("Topics", &topics)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }

  public struct OffsetFetchResponseTopics: Structure {
    public var name: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [OffsetFetchResponsePartitions] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name, 8...9, ignorable: true)
      try c.uuid("TopicId", &topicId, 10..., ignorable: true)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OffsetFetchResponsePartitions: Structure {
    public var partitionIndex: Int32 = 0
    public var committedOffset: Int64 = 0
    /// The leader epoch of the last consumed record; -1 if unknown.
    public var committedLeaderEpoch: Int32 = -1
    public var metadata: String? = ""
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("CommittedOffset", &committedOffset)
      try c.int32("CommittedLeaderEpoch", &committedLeaderEpoch)
      try c.nullableString("Metadata", &metadata)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
