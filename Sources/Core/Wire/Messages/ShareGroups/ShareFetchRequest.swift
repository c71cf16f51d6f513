import Primitives

/// Acquires records for a member of a share group, and acknowledges earlier ones (KIP-932).
public struct ShareFetchRequest: ApiRequest {
  public typealias Response = ShareFetchResponse
  public static var apiKey: ApiKey { .shareFetch }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String?
  public var memberId: String? = ""
  public var shareSessionEpoch: Int32 = 0
  public var maxWaitMs: Int32 = 0
  public var minBytes: Int32 = 0
  public var maxBytes: Int32 = .max
  public var maxRecords: Int32 = 0
  public var batchSize: Int32 = 0
  public var shareAcquireMode: Int8 = 0
  public var isRenewAck: Bool = false
  public var topics: [FetchTopic] = []
  /// The partitions to remove from the session.
  public var forgottenTopicsData: [ForgottenTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("GroupId", &groupId)
    try c.nullableString("MemberId", &memberId)
    try c.int32("ShareSessionEpoch", &shareSessionEpoch)
    try c.int32("MaxWaitMs", &maxWaitMs)
    try c.int32("MinBytes", &minBytes)
    try c.int32("MaxBytes", &maxBytes)
    try c.int32("MaxRecords", &maxRecords)
    try c.int32("BatchSize", &batchSize)
    try c.int8("ShareAcquireMode", &shareAcquireMode, 2..., ignorable: true)
    try c.bool("IsRenewAck", &isRenewAck, 2...)
    try c.array("Topics", &topics)
    try c.array("ForgottenTopicsData", &forgottenTopicsData)
  }

  public struct FetchTopic: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [FetchPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct FetchPartition: Structure {
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

  public struct ForgottenTopic: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }
}
