/// The response to `AlterConfigsRequest`.
public struct AlterConfigsResponse: ApiMessage {
  public static var apiKey: ApiKey { .alterConfigs }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var responses: [AlterConfigsResourceResponse] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Responses", &responses)
  }

  public struct AlterConfigsResourceResponse: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""
    public var resourceType: Int8 = 0
    public var resourceName: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.int8("ResourceType", &resourceType)
      try c.string("ResourceName", &resourceName)
    }
  }
}
