/// Lists configs of resources, and where each value comes from.
public struct DescribeConfigsRequest: ApiRequest {
  public typealias Response = DescribeConfigsResponse
  public static var apiKey: ApiKey { .describeConfigs }
  public static var validVersions: ClosedRange<Int16> { 1...4 }
  public static var flexibleVersions: VersionRange { 4... }

  public var resources: [DescribeConfigsResource] = []
  public var includeSynonyms: Bool = false
  public var includeDocumentation: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Resources", &resources)
    try c.bool("IncludeSynonyms", &includeSynonyms)
    try c.bool("IncludeDocumentation", &includeDocumentation, 3...)
  }

  public struct DescribeConfigsResource: Structure {
    public var resourceType: Int8 = 0
    public var resourceName: String = ""
    public var configurationKeys: [String]? = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int8("ResourceType", &resourceType)
      try c.string("ResourceName", &resourceName)
      try c.nullableArray("ConfigurationKeys", &configurationKeys)
    }
  }
}
