import Primitives

/// The response to `CreateTopicsRequest`.
public struct CreateTopicsResponse: ApiMessage {
  public static var apiKey: ApiKey { .createTopics }
  public static var validVersions: ClosedRange<Int16> { 2...7 }
  public static var flexibleVersions: VersionRange { 5... }

  public var throttleTimeMs: Int32 = 0
  public var topics: [CreatableTopicResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Topics", &topics)
  }

  public struct CreatableTopicResult: Structure {
    public var name: String = ""
    public var topicId: Uuid = .zero
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""
    public var topicConfigErrorCode: ErrorCode = .none
    public var numPartitions: Int32 = -1
    public var replicationFactor: Int16 = -1
    public var configs: [CreatableTopicConfigs]? = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.uuid("TopicId", &topicId, 7..., ignorable: true)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.int32("NumPartitions", &numPartitions, 5..., ignorable: true)
      try c.int16("ReplicationFactor", &replicationFactor, 5..., ignorable: true)
      try c.nullableArray("Configs", &configs, 5..., ignorable: true)
      try c.tagged(0, "TopicConfigErrorCode", &topicConfigErrorCode, 5..., ignorable: true)
    }
  }

  public struct CreatableTopicConfigs: Structure {
    public var name: String = ""
    public var value: String? = ""
    public var readOnly: Bool = false
    public var configSource: Int8 = -1
    public var isSensitive: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.nullableString("Value", &value)
      try c.bool("ReadOnly", &readOnly)
      try c.int8("ConfigSource", &configSource)
      try c.bool("IsSensitive", &isSensitive)
    }
  }
}
