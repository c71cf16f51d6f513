/// Lists the partitions that are being moved (KIP-455).
public struct ListPartitionReassignmentsRequest: ApiRequest {
  public typealias Response = ListPartitionReassignmentsResponse
  public static var apiKey: ApiKey { .listPartitionReassignments }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var timeoutMs: Int32 = 60000
  public var topics: [ListPartitionReassignmentsTopics]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("TimeoutMs", &timeoutMs)
    try c.nullableArray("Topics", &topics)
  }

  public struct ListPartitionReassignmentsTopics: Structure {
    public var name: String = ""
    public var partitionIndexes: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("PartitionIndexes", &partitionIndexes)
    }
  }
}
