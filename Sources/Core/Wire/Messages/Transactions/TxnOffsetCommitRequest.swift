/// Commits offsets of a group as part of a transaction.
public struct TxnOffsetCommitRequest: ApiRequest, FrequentMessage {
  public typealias Response = TxnOffsetCommitResponse
  public static var apiKey: ApiKey { .txnOffsetCommit }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var transactionalId: String = ""
  public var groupId: String = ""
  public var producerId: Int64 = 0
  public var producerEpoch: Int16 = 0
  public var generationId: Int32 = -1
  public var memberId: String = ""
  /// Set for a static member (KIP-345).
  public var groupInstanceId: String?
  public var topics: [TxnOffsetCommitRequestTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("TransactionalId", &transactionalId)
    try c.string("GroupId", &groupId)
    try c.int64("ProducerId", &producerId)
    try c.int16("ProducerEpoch", &producerEpoch)
    try c.int32("GenerationId", &generationId, 3..., default: -1)
    try c.string("MemberId", &memberId, 3...)
    try c.nullableString("GroupInstanceId", &groupInstanceId, 3...)
    try c.array("Topics", &topics)
  }

  public struct TxnOffsetCommitRequestTopic: Structure {
    public var name: String = ""
    public var partitions: [TxnOffsetCommitRequestPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct TxnOffsetCommitRequestPartition: Structure {
    public var partitionIndex: Int32 = 0
    public var committedOffset: Int64 = 0
    /// The leader epoch of the last consumed record; -1 if unknown.
    public var committedLeaderEpoch: Int32 = -1
    public var committedMetadata: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("CommittedOffset", &committedOffset)
      try c.int32("CommittedLeaderEpoch", &committedLeaderEpoch, 2..., ignorable: true)
      try c.nullableString("CommittedMetadata", &committedMetadata)
    }
  }
}
