import Primitives

/// Reads committed offsets of groups.
public struct OffsetFetchRequest: ApiRequest {
  public typealias Response = OffsetFetchResponse
  public static var apiKey: ApiKey { .offsetFetch }
  public static var validVersions: ClosedRange<Int16> { 1...10 }
  public static var flexibleVersions: VersionRange { 6... }

  public var groupId: String = ""
  public var topics: [OffsetFetchRequestTopic]? = []
  public var groups: [OffsetFetchRequestGroup] = []
  /// Whether to wait for pending transactional commits instead of returning what was committed before them.
  public var requireStable: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId, 0...7)
    try c.nullableArray("Topics", &topics, 0...7, nullable: 2...7, emptyByDefault: true)
    try c.array("Groups", &groups, 8...)
    try c.bool("RequireStable", &requireStable, 7...)
  }

  public struct OffsetFetchRequestTopic: Structure {
    public var name: String = ""
    public var partitionIndexes: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("PartitionIndexes", &partitionIndexes)
    }
  }

  public struct OffsetFetchRequestGroup: Structure {
    public var groupId: String = ""
    public var memberId: String?
    public var memberEpoch: Int32 = -1
    public var topics: [OffsetFetchRequestTopics]? = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("GroupId", &groupId)
      try c.nullableString("MemberId", &memberId, 9..., ignorable: true)
      try c.int32("MemberEpoch", &memberEpoch, 9..., ignorable: true)
      try c.nullableArray("Topics", &topics)
    }
  }

  public struct OffsetFetchRequestTopics: Structure {
    public var name: String = ""
    public var topicId: Uuid = .zero
    public var partitionIndexes: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name, 8...9, ignorable: true)
      try c.uuid("TopicId", &topicId, 10..., ignorable: true)
      try c.array("PartitionIndexes", &partitionIndexes)
    }
  }
}
