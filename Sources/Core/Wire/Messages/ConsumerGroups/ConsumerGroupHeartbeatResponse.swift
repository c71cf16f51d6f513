import Primitives

/// The response to `ConsumerGroupHeartbeatRequest`.
public struct ConsumerGroupHeartbeatResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .consumerGroupHeartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String?
  public var memberId: String?
  public var memberEpoch: Int32 = 0
  public var heartbeatIntervalMs: Int32 = 0
  public var assignment: Assignment?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.nullableString("MemberId", &memberId)
    try c.int32("MemberEpoch", &memberEpoch)
    try c.int32("HeartbeatIntervalMs", &heartbeatIntervalMs)
    try c.nullableStructure("Assignment", &assignment)
  }

  public struct Assignment: Structure {
    public var topicPartitions: [TopicPartitions] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.array("TopicPartitions", &topicPartitions)
    }
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
