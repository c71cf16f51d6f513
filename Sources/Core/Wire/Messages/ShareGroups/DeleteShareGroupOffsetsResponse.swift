import Primitives

/// The response to `DeleteShareGroupOffsetsRequest`.
public struct DeleteShareGroupOffsetsResponse: ApiMessage {
  public static var apiKey: ApiKey { .deleteShareGroupOffsets }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String?
  public var responses: [DeleteShareGroupOffsetsResponseTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.array("Responses", &responses)
  }

  public struct DeleteShareGroupOffsetsResponseTopic: Structure {
    public var topicName: String = ""
    public var topicId: Uuid = .zero
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.uuid("TopicId", &topicId)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
