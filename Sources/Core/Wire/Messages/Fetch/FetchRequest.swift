import Primitives

/// FetchRequest.
public struct FetchRequest: ApiRequest, FrequentMessage {
  public typealias Response = FetchResponse
  public static var apiKey: ApiKey { .fetch }
  public static var validVersions: ClosedRange<Int16> { 4...18 }
  public static var flexibleVersions: VersionRange { 12... }

  public var clusterId: String?
  public var replicaId: Int32 = -1
  public var replicaState = ReplicaState()
  public var maxWaitMs: Int32 = 0
  public var minBytes: Int32 = 0
  public var maxBytes: Int32 = .max
  public var isolationLevel: Int8 = 0
  public var sessionId: Int32 = 0
  public var sessionEpoch: Int32 = -1
  public var topics: [FetchTopic] = []
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
    public var currentLeaderEpoch: Int32 = -1
    public var fetchOffset: Int64 = 0
    public var lastFetchedEpoch: Int32 = -1
    public var logStartOffset: Int64 = -1
    public var partitionMaxBytes: Int32 = 0
    public var replicaDirectoryId: Uuid = .zero
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
