/// Changes single dynamic configs of resources (KIP-339).
public struct IncrementalAlterConfigsRequest: ApiRequest {
  public typealias Response = IncrementalAlterConfigsResponse
  public static var apiKey: ApiKey { .incrementalAlterConfigs }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

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
    /// 0 sets, 1 deletes, 2 appends to a list, 3 subtracts from a list.
    public var configOperation: Int8 = 0
    public var value: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int8("ConfigOperation", &configOperation)
      try c.nullableString("Value", &value)
    }
  }
}
