/// The response to `ListConfigResourcesRequest`.
public struct ListConfigResourcesResponse: ApiMessage {
  public static var apiKey: ApiKey { .listConfigResources }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var configResources: [ConfigResource] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("ConfigResources", &configResources)
  }

  public struct ConfigResource: Structure {
    public var resourceName: String = ""
    public var resourceType: Int8 = 16

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("ResourceName", &resourceName)
      try c.int8("ResourceType", &resourceType, 1..., ignorable: true)
    }
  }
}
