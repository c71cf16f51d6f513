import Primitives

/// Tells the controller which log directories hold a broker's replicas (KIP-858).
public struct AssignReplicasToDirsRequest: ApiRequest {
  public typealias Response = AssignReplicasToDirsResponse
  public static var apiKey: ApiKey { .assignReplicasToDirs }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var brokerEpoch: Int64 = -1
  public var directories: [DirectoryData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.int64("BrokerEpoch", &brokerEpoch)
    try c.array("Directories", &directories)
  }

  public struct DirectoryData: Structure {
    public var id: Uuid = .zero
    public var topics: [TopicData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("Id", &id)
      try c.array("Topics", &topics)
    }
  }

  public struct TopicData: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [PartitionData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionData: Structure {
    public var partitionIndex: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
    }
  }
}
