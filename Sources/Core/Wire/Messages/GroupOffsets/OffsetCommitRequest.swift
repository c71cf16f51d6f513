import Primitives

/// Commits offsets of a group.
public struct OffsetCommitRequest: ApiRequest, FrequentMessage {
  public typealias Response = OffsetCommitResponse
  public static var apiKey: ApiKey { .offsetCommit }
  public static var validVersions: ClosedRange<Int16> { 2...10 }
  public static var flexibleVersions: VersionRange { 8... }

  public var groupId: String = ""
  /// The generation in the classic protocol, the member epoch in KIP-848; -1 from a simple consumer.
  public var generationIdOrMemberEpoch: Int32 = -1
  public var memberId: String = ""
  /// Set for a static member (KIP-345).
  public var groupInstanceId: String?
  public var retentionTimeMs: Int64 = -1
  public var topics: [OffsetCommitRequestTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.int32("GenerationIdOrMemberEpoch", &generationIdOrMemberEpoch)
    try c.string("MemberId", &memberId)
    try c.nullableString("GroupInstanceId", &groupInstanceId, 7...)
    try c.int64("RetentionTimeMs", &retentionTimeMs, 2...4, ignorable: true)
    try c.array("Topics", &topics)
  }

  public struct OffsetCommitRequestTopic: Structure {
    public var name: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [OffsetCommitRequestPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name, 0...9, ignorable: true)
      try c.uuid("TopicId", &topicId, 10..., ignorable: true)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OffsetCommitRequestPartition: Structure {
    public var partitionIndex: Int32 = 0
    public var committedOffset: Int64 = 0
    /// The leader epoch of the last consumed record; -1 if unknown.
    public var committedLeaderEpoch: Int32 = -1
    public var committedMetadata: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("CommittedOffset", &committedOffset)
      try c.int32("CommittedLeaderEpoch", &committedLeaderEpoch, 6..., ignorable: true)
      try c.nullableString("CommittedMetadata", &committedMetadata)
    }
  }
}
