import Primitives

/// The response to `FetchRequest`. In a session (KIP-227) it names only the partitions with news.
public struct FetchResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .fetch }
  public static var validVersions: ClosedRange<Int16> { 4...18 }
  public static var flexibleVersions: VersionRange { 12... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  /// 0 if there is no session.
  public var sessionId: Int32 = 0
  public var responses: [FetchableTopicResponse] = []
  /// Addresses of the leaders named above, which saves the client a metadata request (KIP-951).
  public var nodeEndpoints: [NodeEndpoint] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try describeBegin(&c)
    try c.array("Responses", &responses)
    try describeEnd(&c)
  }

  /// What stands before the topics, and what behind them: a `FetchResponseWriter` writes those one by one.
  @inline(__always)
  mutating func describeBegin<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode, 7..., ignorable: true)
    try c.int32("SessionId", &sessionId, 7...)
  }

  @inline(__always)
  mutating func describeEnd<C: Codec>(_ c: inout C) throws(WireError) {
    try c.tagged(0, "NodeEndpoints", &nodeEndpoints, 16...)
  }

  /// Lets go of the records, and keeps everything else.
  public mutating func forgetRecords() {
    for topic in responses.indices {
      for partition in responses[topic].partitions.indices { responses[topic].partitions[partition].records = nil }
    }
  }

  public struct FetchableTopicResponse: Structure {
    public var topic: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [PartitionData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try describeBegin(&c)
      try c.array("Partitions", &partitions)
    }

    @inline(__always)
    mutating func describeBegin<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic, 0...12, ignorable: true)
      try c.uuid("TopicId", &topicId, 13..., ignorable: true)
    }
  }

  public struct PartitionData: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var highWatermark: Int64 = 0
    /// The first offset of a transaction that is still open, or the high watermark; -1 if unknown.
    public var lastStableOffset: Int64 = -1
    public var logStartOffset: Int64 = -1
    /// Set if the logs of leader and follower diverge: the largest epoch that both may share, and where it ends (KIP-595).
    public var divergingEpoch = EpochEndOffset()
    /// The current leader as far as the sender knows, if the error says that it is another node.
    public var currentLeader = LeaderIdAndEpoch()
    /// The snapshot to load, if the follower asks for offsets before the start of the log (KIP-630).
    public var snapshotId = SnapshotId()
    /// Null if the fetch read uncommitted records; otherwise the aborted transactions among the records, by first offset.
    public var abortedTransactions: [AbortedTransaction]? = []
    /// A nearer replica from which the consumer should read (KIP-392); -1 for none.
    public var preferredReadReplica: Int32 = -1
    public var records: Bytes?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.int64("HighWatermark", &highWatermark)
      try c.int64("LastStableOffset", &lastStableOffset)
      try c.int64("LogStartOffset", &logStartOffset, 5..., ignorable: true)
      try c.nullableArray("AbortedTransactions", &abortedTransactions)
      try c.int32("PreferredReadReplica", &preferredReadReplica, 11..., default: -1)
      try c.records("Records", &records)
      try c.tagged(0, "DivergingEpoch", &divergingEpoch, 12...)
      try c.tagged(1, "CurrentLeader", &currentLeader, 12...)
      try c.tagged(2, "SnapshotId", &snapshotId, 12...)
    }
  }

  public struct EpochEndOffset: Structure {
    public var epoch: Int32 = -1
    /// The offset after the last record of the epoch; -1 if unknown.
    public var endOffset: Int64 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Epoch", &epoch)
      try c.int64("EndOffset", &endOffset)
    }
  }

  public struct LeaderIdAndEpoch: Structure {
    public var leaderId: Int32 = -1
    public var leaderEpoch: Int32 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
    }
  }

  public struct SnapshotId: Structure {
    public var endOffset: Int64 = -1
    public var epoch: Int32 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("EndOffset", &endOffset)
      try c.int32("Epoch", &epoch)
    }
  }

  public struct AbortedTransaction: Structure {
    public var producerId: Int64 = 0
    public var firstOffset: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("ProducerId", &producerId)
      try c.int64("FirstOffset", &firstOffset)
    }
  }

  public struct NodeEndpoint: Structure {
    public var nodeId: Int32 = 0
    public var host: String = ""
    public var port: Int32 = 0
    public var rack: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("NodeId", &nodeId)
      try c.string("Host", &host)
      try c.int32("Port", &port)
      try c.nullableString("Rack", &rack)
    }
  }
}
