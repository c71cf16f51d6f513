import Primitives

/// Asks for brokers, topics, partitions and their leaders.
public struct MetadataRequest: ApiRequest, FrequentMessage {
  public typealias Response = MetadataResponse
  public static var apiKey: ApiKey { .metadata }
  public static var validVersions: ClosedRange<Int16> { 0...13 }
  public static var flexibleVersions: VersionRange { 9... }

  /// Null requests all topics; in version 0 the empty list does.
  public var topics: [MetadataRequestTopic]? = []
  public var allowAutoTopicCreation: Bool = true
  public var includeClusterAuthorizedOperations: Bool = false
  public var includeTopicAuthorizedOperations: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableArray("Topics", &topics, nullable: 1...)
    try c.bool("AllowAutoTopicCreation", &allowAutoTopicCreation, 4..., default: true)
    try c.bool("IncludeClusterAuthorizedOperations", &includeClusterAuthorizedOperations, 8...10)
    try c.bool("IncludeTopicAuthorizedOperations", &includeTopicAuthorizedOperations, 8...)
  }

  public struct MetadataRequestTopic: Structure {
    public var topicId: Uuid = .zero
    public var name: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId, 10..., ignorable: true)
      try c.nullableString("Name", &name, nullable: 10...)
    }
  }
}
