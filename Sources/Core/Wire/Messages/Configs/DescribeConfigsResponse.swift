/// The response to `DescribeConfigsRequest`.
public struct DescribeConfigsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeConfigs }
  public static var validVersions: ClosedRange<Int16> { 1...4 }
  public static var flexibleVersions: VersionRange { 4... }

  public var throttleTimeMs: Int32 = 0
  public var results: [DescribeConfigsResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Results", &results)
  }

  public struct DescribeConfigsResult: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""
    public var resourceType: Int8 = 0
    public var resourceName: String = ""
    public var configs: [DescribeConfigsResourceResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.int8("ResourceType", &resourceType)
      try c.string("ResourceName", &resourceName)
      try c.array("Configs", &configs)
    }
  }

  public struct DescribeConfigsResourceResult: Structure {
    public var name: String = ""
    public var value: String? = ""
    public var readOnly: Bool = false
    public var configSource: Int8 = -1
    public var isSensitive: Bool = false
    public var synonyms: [DescribeConfigsSynonym] = []
    public var configType: Int8 = 0
    public var documentation: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.nullableString("Value", &value)
      try c.bool("ReadOnly", &readOnly)
      try c.int8("ConfigSource", &configSource)
      try c.bool("IsSensitive", &isSensitive)
      try c.array("Synonyms", &synonyms)
      try c.int8("ConfigType", &configType, 3..., ignorable: true)
      try c.nullableString("Documentation", &documentation, 3..., ignorable: true)
    }
  }

  public struct DescribeConfigsSynonym: Structure {
    public var name: String = ""
    public var value: String? = ""
    public var source: Int8 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.nullableString("Value", &value)
      try c.int8("Source", &source)
    }
  }
}
