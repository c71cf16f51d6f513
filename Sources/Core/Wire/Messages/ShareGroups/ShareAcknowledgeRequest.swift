import Primitives

/// Acknowledges records of a share group (KIP-932).
public struct ShareAcknowledgeRequest: ApiRequest {
  public typealias Response = ShareAcknowledgeResponse
  public static var apiKey: ApiKey { .shareAcknowledge }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String?
  public var memberId: String? = ""
  public var shareSessionEpoch: Int32 = 0
  public var isRenewAck: Bool = false
  public var topics: [AcknowledgeTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("GroupId", &groupId)
    try c.nullableString("MemberId", &memberId)
    try c.int32("ShareSessionEpoch", &shareSessionEpoch)
    try c.bool("IsRenewAck", &isRenewAck, 2...)
    try c.array("Topics", &topics)
  }

  public struct AcknowledgeTopic: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [AcknowledgePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct AcknowledgePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var acknowledgementBatches: [AcknowledgementBatch] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.array("AcknowledgementBatches", &acknowledgementBatches)
    }
  }

  public struct AcknowledgementBatch: Structure {
    public var firstOffset: Int64 = 0
    public var lastOffset: Int64 = 0
    /// One type for all records of the batch, or one for each: 0 gap, 1 accept, 2 release, 3 reject, 4 renew.
    public var acknowledgeTypes: [Int8] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("FirstOffset", &firstOffset)
      try c.int64("LastOffset", &lastOffset)
      try c.array("AcknowledgeTypes", &acknowledgeTypes)
    }
  }
}
