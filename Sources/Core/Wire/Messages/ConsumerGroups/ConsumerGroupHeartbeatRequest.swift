import Primitives

/// Joins, keeps alive and leaves a group, and distributes assignments, all in one request (KIP-848).
public struct ConsumerGroupHeartbeatRequest: ApiRequest, FrequentMessage {
  public typealias Response = ConsumerGroupHeartbeatResponse
  public static var apiKey: ApiKey { .consumerGroupHeartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var memberId: String = ""
  /// 0 joins, -1 leaves, -2 leaves for a while as a static member; otherwise the epoch that the member is in.
  public var memberEpoch: Int32 = 0
  public var instanceId: String?
  public var rackId: String?
  public var rebalanceTimeoutMs: Int32 = -1
  public var subscribedTopicNames: [String]?
  public var subscribedTopicRegex: String?
  public var serverAssignor: String?
  public var topicPartitions: [TopicPartitions]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.string("MemberId", &memberId)
    try c.int32("MemberEpoch", &memberEpoch)
    try c.nullableString("InstanceId", &instanceId)
    try c.nullableString("RackId", &rackId)
    try c.int32("RebalanceTimeoutMs", &rebalanceTimeoutMs)
    try c.nullableArray("SubscribedTopicNames", &subscribedTopicNames)
    try c.nullableString("SubscribedTopicRegex", &subscribedTopicRegex, 1...)
    try c.nullableString("ServerAssignor", &serverAssignor)
    try c.nullableArray("TopicPartitions", &topicPartitions)
  }

  public struct TopicPartitions: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }
}
