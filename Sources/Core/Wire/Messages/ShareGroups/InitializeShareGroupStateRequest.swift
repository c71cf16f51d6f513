import Primitives

/// Creates the persisted state of share partitions (KIP-932).
public struct InitializeShareGroupStateRequest: ApiRequest {
  public typealias Response = InitializeShareGroupStateResponse
  public static var apiKey: ApiKey { .initializeShareGroupState }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var topics: [InitializeStateData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.array("Topics", &topics)
  }

  public struct InitializeStateData: Structure {
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
    public var stateEpoch: Int32 = 0
    public var startOffset: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.int32("StateEpoch", &stateEpoch)
      try c.int64("StartOffset", &startOffset)
    }
  }
}
