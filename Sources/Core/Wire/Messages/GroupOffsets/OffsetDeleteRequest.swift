/// Deletes committed offsets of a group.
public struct OffsetDeleteRequest: ApiRequest {
  public typealias Response = OffsetDeleteResponse
  public static var apiKey: ApiKey { .offsetDelete }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var groupId: String = ""
  public var topics: [OffsetDeleteRequestTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.array("Topics", &topics)
  }

  public struct OffsetDeleteRequestTopic: Structure {
    public var name: String = ""
    public var partitions: [OffsetDeleteRequestPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OffsetDeleteRequestPartition: Structure {
    public var partitionIndex: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
    }
  }
}
