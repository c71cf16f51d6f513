import Primitives

/// Deletes the persisted state of share partitions (KIP-932).
public struct DeleteShareGroupStateRequest: ApiRequest {
  public typealias Response = DeleteShareGroupStateResponse
  public static var apiKey: ApiKey { .deleteShareGroupState }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var topics: [DeleteStateData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.array("Topics", &topics)
  }

  public struct DeleteStateData: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [PartitionData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionData: Structure {
    public var partition: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
    }
  }
}
