/// Finds offsets by time, or the ends of a log.
public struct ListOffsetsRequest: ApiRequest, FrequentMessage {
  public typealias Response = ListOffsetsResponse
  public static var apiKey: ApiKey { .listOffsets }
  public static var validVersions: ClosedRange<Int16> { 1...11 }
  public static var flexibleVersions: VersionRange { 6... }

  /// -1 from a consumer, -2 for debugging, otherwise a follower.
  public var replicaId: Int32 = 0
  /// 0 reads everything up to the high watermark, 1 only up to the last stable offset, without aborted transactions.
  public var isolationLevel: Int8 = 0
  public var topics: [ListOffsetsTopic] = []
  public var timeoutMs: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ReplicaId", &replicaId)
    try c.int8("IsolationLevel", &isolationLevel, 2...)
    try c.array("Topics", &topics)
    try c.int32("TimeoutMs", &timeoutMs, 10..., ignorable: true)
  }

  public struct ListOffsetsTopic: Structure {
    public var name: String = ""
    public var partitions: [ListOffsetsPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct ListOffsetsPartition: Structure {
    public var partitionIndex: Int32 = 0
    /// The leader's epoch as far as the sender knows, checked by the receiver (KIP-320); -1 is not checked.
    public var currentLeaderEpoch: Int32 = -1
    /// Milliseconds, or a special value: -1 latest, -2 earliest, -3 the largest timestamp, -4 earliest local, -5 latest in remote
    /// storage, -6 earliest not yet in remote storage.
    public var timestamp: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int32("CurrentLeaderEpoch", &currentLeaderEpoch, 4..., ignorable: true)
      try c.int64("Timestamp", &timestamp)
    }
  }
}
