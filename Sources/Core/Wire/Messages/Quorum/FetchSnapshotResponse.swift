import Primitives

/// The response to `FetchSnapshotRequest`.
public struct FetchSnapshotResponse: ApiMessage {
  public static var apiKey: ApiKey { .fetchSnapshot }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var topics: [TopicSnapshot] = []
  /// Addresses of the leaders named above, which saves the client a metadata request (KIP-951).
  public var nodeEndpoints: [NodeEndpoint] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("Topics", &topics)
    try c.tagged(0, "NodeEndpoints", &nodeEndpoints, 1...)
  }

  public struct TopicSnapshot: Structure {
    public var name: String = ""
    public var partitions: [PartitionSnapshot] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionSnapshot: Structure {
    public var index: Int32 = 0
    public var errorCode: ErrorCode = .none
    /// The snapshot to load, if the follower asks for offsets before the start of the log (KIP-630).
    public var snapshotId = SnapshotId()
    /// The current leader as far as the sender knows, if the error says that it is another node.
    public var currentLeader = LeaderIdAndEpoch()
    public var size: Int64 = 0
    public var position: Int64 = 0
    public var unalignedRecords: Bytes?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Index", &index)
      try c.errorCode("ErrorCode", &errorCode)
      try c.structure("SnapshotId", &snapshotId)
      try c.int64("Size", &size)
      try c.int64("Position", &position)
      try c.records("UnalignedRecords", &unalignedRecords, nullable: .none)
      try c.tagged(0, "CurrentLeader", &currentLeader)
    }
  }

  public struct SnapshotId: Structure {
    public var endOffset: Int64 = 0
    public var epoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("EndOffset", &endOffset)
      try c.int32("Epoch", &epoch)
    }
  }

  public struct LeaderIdAndEpoch: Structure {
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
    }
  }

  public struct NodeEndpoint: Structure {
    public var nodeId: Int32 = 0
    public var host: String = ""
    public var port: UInt16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("NodeId", &nodeId)
      try c.string("Host", &host)
      try c.uint16("Port", &port)
    }
  }
}
