import Primitives

/// Deletes topics by name or id.
public struct DeleteTopicsRequest: ApiRequest {
  public typealias Response = DeleteTopicsResponse
  public static var apiKey: ApiKey { .deleteTopics }
  public static var validVersions: ClosedRange<Int16> { 1...6 }
  public static var flexibleVersions: VersionRange { 4... }

  public var topics: [DeleteTopicState] = []
  public var topicNames: [String] = []
  public var timeoutMs: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics, 6...)
    try c.array("TopicNames", &topicNames, 0...5, ignorable: true)
    try c.int32("TimeoutMs", &timeoutMs)
  }

  public struct DeleteTopicState: Structure {
    public var name: String?
    public var topicId: Uuid = .zero

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.nullableString("Name", &name)
      try c.uuid("TopicId", &topicId)
    }
  }
}
