/// Starts, changes or cancels moving partitions to other replicas (KIP-455).
public struct AlterPartitionReassignmentsRequest: ApiRequest {
  public typealias Response = AlterPartitionReassignmentsResponse
  public static var apiKey: ApiKey { .alterPartitionReassignments }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var timeoutMs: Int32 = 60000
  public var allowReplicationFactorChange: Bool = true
  public var topics: [ReassignableTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("TimeoutMs", &timeoutMs)
    try c.bool("AllowReplicationFactorChange", &allowReplicationFactorChange, 1..., default: true)
    try c.array("Topics", &topics)
  }

  public struct ReassignableTopic: Structure {
    public var name: String = ""
    public var partitions: [ReassignablePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct ReassignablePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var replicas: [Int32]?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.nullableArray("Replicas", &replicas)
    }
  }
}
