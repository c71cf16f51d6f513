import Primitives

/// The response to `AlterShareGroupOffsetsRequest`.
public struct AlterShareGroupOffsetsResponse: ApiMessage {
  public static var apiKey: ApiKey { .alterShareGroupOffsets }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String?
  public var responses: [AlterShareGroupOffsetsResponseTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.array("Responses", &responses)
  }

  public struct AlterShareGroupOffsetsResponseTopic: Structure {
    public var topicName: String = ""
    public var topicId: Uuid = .zero
    public var partitions: [AlterShareGroupOffsetsResponsePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct AlterShareGroupOffsetsResponsePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
