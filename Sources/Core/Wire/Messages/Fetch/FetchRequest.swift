import Primitives

/// Reads records. Consumers, follower replicas and the replicas of the metadata log all use it.
///
/// A session (KIP-227) lets a request name only the partitions that changed since the one before.
public struct FetchRequest: ApiRequest, FrequentMessage {
  public typealias Response = FetchResponse
  public static var apiKey: ApiKey { .fetch }
  public static var validVersions: ClosedRange<Int16> { 4...18 }
  public static var flexibleVersions: VersionRange { 12... }

  /// Checked only by the metadata quorum.
  public var clusterId: String?
  /// -1 from a consumer. From version 15 on, `replicaState` holds it.
  public var replicaId: Int32 = -1
  /// The replica that fetches; the default if a consumer does.
  public var replicaState = ReplicaState()
  public var maxWaitMs: Int32 = 0
  /// The response waits until there is this much, or until `maxWaitMs` has passed.
  public var minBytes: Int32 = 0
  /// A soft limit: a first batch larger than this is returned anyway.
  public var maxBytes: Int32 = .max
  /// 0 reads everything up to the high watermark, 1 only up to the last stable offset, without aborted transactions.
  public var isolationLevel: Int8 = 0
  /// 0 if there is no session.
  public var sessionId: Int32 = 0
  /// 0 asks for a new session, -1 ends the session or asks for none; otherwise the number of this request in the session.
  public var sessionEpoch: Int32 = -1
  public var topics: [FetchTopic] = []
  /// The partitions to remove from the session.
  public var forgottenTopicsData: [ForgottenTopic] = []
  public var rackId: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ReplicaId", &replicaId, 0...14, default: -1)
    try c.int32("MaxWaitMs", &maxWaitMs)
    try c.int32("MinBytes", &minBytes)
    try c.int32("MaxBytes", &maxBytes)
    try c.int8("IsolationLevel", &isolationLevel)
    try c.int32("SessionId", &sessionId, 7..., ignorable: true)
    try c.int32("SessionEpoch", &sessionEpoch, 7..., ignorable: true)
    try c.array("Topics", &topics)
    try c.array("ForgottenTopicsData", &forgottenTopicsData, 7...)
    try c.string("RackId", &rackId, 11..., ignorable: true)
    try c.tagged(0, "ClusterId", &clusterId, 12..., ignorable: true)
    try c.tagged(1, "ReplicaState", &replicaState, 15...)
  }

  public struct ReplicaState: Structure {
    /// -1 from a consumer. From version 15 on, `replicaState` holds it.
    public var replicaId: Int32 = -1
    public var replicaEpoch: Int64 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("ReplicaId", &replicaId)
      try c.int64("ReplicaEpoch", &replicaEpoch)
    }
  }

  public struct FetchTopic: Structure {
    public var topic: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [FetchPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic, 0...12, ignorable: true)
      try c.uuid("TopicId", &topicId, 13..., ignorable: true)
      try c.array("Partitions", &partitions)
    }
  }

  public struct FetchPartition: Structure {
    public var partition: Int32 = 0
    /// The leader's epoch as far as the sender knows, checked by the receiver (KIP-320); -1 is not checked.
    public var currentLeaderEpoch: Int32 = -1
    public var fetchOffset: Int64 = 0
    /// The epoch of the last record the sender has; the leader compares it to find diverging logs (KIP-595). -1 from consumers.
    public var lastFetchedEpoch: Int32 = -1
    /// The log start offset of the follower; -1 from consumers.
    public var logStartOffset: Int64 = -1
    /// A soft limit: a first batch larger than this is returned anyway, so that the reader makes progress.
    public var partitionMaxBytes: Int32 = 0
    /// The log directory of the follower's replica (KIP-853, KIP-858).
    public var replicaDirectoryId: Uuid = .zero
    /// The high watermark that the follower knows, so that the leader can report a newer one at once (KIP-1166).
    public var highWatermark: Int64 = .max

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.int32("CurrentLeaderEpoch", &currentLeaderEpoch, 9..., ignorable: true)
      try c.int64("FetchOffset", &fetchOffset)
      try c.int32("LastFetchedEpoch", &lastFetchedEpoch, 12..., default: -1)
      try c.int64("LogStartOffset", &logStartOffset, 5..., ignorable: true)
      try c.int32("PartitionMaxBytes", &partitionMaxBytes)
      try c.tagged(0, "ReplicaDirectoryId", &replicaDirectoryId, 17..., ignorable: true)
      try c.tagged(1, "HighWatermark", &highWatermark, 18..., default: .max, ignorable: true)
    }
  }

  public struct ForgottenTopic: Structure {
    public var topic: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic, 7...12, ignorable: true)
      try c.uuid("TopicId", &topicId, 13..., ignorable: true)
      try c.array("Partitions", &partitions)
    }
  }
}
