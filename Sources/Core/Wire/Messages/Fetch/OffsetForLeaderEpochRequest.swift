/// Asks where a leader epoch ended in the leader's log, to find where two logs diverge (KIP-101, KIP-279).
public struct OffsetForLeaderEpochRequest: ApiRequest, FrequentMessage {
  public typealias Response = OffsetForLeaderEpochResponse
  public static var apiKey: ApiKey { .offsetForLeaderEpoch }
  public static var validVersions: ClosedRange<Int16> { 2...4 }
  public static var flexibleVersions: VersionRange { 4... }

  /// -1 from a consumer, -2 for debugging, otherwise a follower.
  public var replicaId: Int32 = -2
  public var topics: [OffsetForLeaderTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ReplicaId", &replicaId, 3..., ignorable: true)
    try c.array("Topics", &topics)
  }

  public struct OffsetForLeaderTopic: Structure {
    public var topic: String = ""
    public var partitions: [OffsetForLeaderPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OffsetForLeaderPartition: Structure {
    public var partition: Int32 = 0
    /// The leader's epoch as far as the sender knows, checked by the receiver (KIP-320); -1 is not checked.
    public var currentLeaderEpoch: Int32 = -1
    public var leaderEpoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.int32("CurrentLeaderEpoch", &currentLeaderEpoch)
      try c.int32("LeaderEpoch", &leaderEpoch)
    }
  }
}
