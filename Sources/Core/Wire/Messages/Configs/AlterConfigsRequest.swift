/// Replaces all dynamic configs of a resource. Incremental changes are `IncrementalAlterConfigs`.
public struct AlterConfigsRequest: ApiRequest {
  public typealias Response = AlterConfigsResponse
  public static var apiKey: ApiKey { .alterConfigs }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var resources: [AlterConfigsResource] = []
  public var validateOnly: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Resources", &resources)
    try c.bool("ValidateOnly", &validateOnly)
  }

  public struct AlterConfigsResource: Structure {
    public var resourceType: Int8 = 0
    public var resourceName: String = ""
    public var configs: [AlterableConfig] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int8("ResourceType", &resourceType)
      try c.string("ResourceName", &resourceName)
      try c.array("Configs", &configs)
    }
  }

  public struct AlterableConfig: Structure {
    public var name: String = ""
    public var value: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.nullableString("Value", &value)
    }
  }
}
