import Primitives

/// The response to `DeleteTopicsRequest`.
public struct DeleteTopicsResponse: ApiMessage {
  public static var apiKey: ApiKey { .deleteTopics }
  public static var validVersions: ClosedRange<Int16> { 1...6 }
  public static var flexibleVersions: VersionRange { 4... }

  public var throttleTimeMs: Int32 = 0
  public var responses: [DeletableTopicResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Responses", &responses)
  }

  public struct DeletableTopicResult: Structure {
    public var name: String? = ""
    public var topicId: Uuid = .zero
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.nullableString("Name", &name, nullable: 6...)
      try c.uuid("TopicId", &topicId, 6..., ignorable: true)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage, 5..., ignorable: true)
    }
  }
}
