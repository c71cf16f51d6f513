import Primitives

/// Reads only the offsets of the persisted state of share partitions (KIP-932).
public struct ReadShareGroupStateSummaryRequest: ApiRequest {
  public typealias Response = ReadShareGroupStateSummaryResponse
  public static var apiKey: ApiKey { .readShareGroupStateSummary }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var topics: [ReadStateSummaryData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.array("Topics", &topics)
  }

  public struct ReadStateSummaryData: Structure {
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
    public var leaderEpoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.int32("LeaderEpoch", &leaderEpoch)
    }
  }
}
