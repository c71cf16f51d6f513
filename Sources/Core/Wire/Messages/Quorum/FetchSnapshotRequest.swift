import Primitives

/// Reads a part of a snapshot of the metadata log (KIP-630).
public struct FetchSnapshotRequest: ApiRequest {
  public typealias Response = FetchSnapshotResponse
  public static var apiKey: ApiKey { .fetchSnapshot }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var clusterId: String?
  public var replicaId: Int32 = -1
  public var maxBytes: Int32 = .max
  public var topics: [TopicSnapshot] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ReplicaId", &replicaId)
    try c.int32("MaxBytes", &maxBytes)
    try c.array("Topics", &topics)
    try c.tagged(0, "ClusterId", &clusterId)
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
    public var partition: Int32 = 0
    /// The leader's epoch as far as the sender knows, checked by the receiver (KIP-320); -1 is not checked.
    public var currentLeaderEpoch: Int32 = 0
    /// The snapshot to load, if the follower asks for offsets before the start of the log (KIP-630).
    public var snapshotId = SnapshotId()
    public var position: Int64 = 0
    /// The log directory of the follower's replica (KIP-853, KIP-858).
    public var replicaDirectoryId: Uuid = .zero

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.int32("CurrentLeaderEpoch", &currentLeaderEpoch)
      try c.structure("SnapshotId", &snapshotId)
      try c.int64("Position", &position)
      try c.tagged(0, "ReplicaDirectoryId", &replicaDirectoryId, 1..., ignorable: true)
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
}
