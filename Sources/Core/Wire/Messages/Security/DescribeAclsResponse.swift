/// The response to `DescribeAclsRequest`.
public struct DescribeAclsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeAcls }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var resources: [DescribeAclsResource] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.array("Resources", &resources)
  }

  public struct DescribeAclsResource: Structure {
    public var resourceType: Int8 = 0
    public var resourceName: String = ""
    /// 3 literal, 4 prefix; in filters also 1 any and 2 every pattern that matches the name.
    public var patternType: Int8 = 3
    public var acls: [AclDescription] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int8("ResourceType", &resourceType)
      try c.string("ResourceName", &resourceName)
      try c.int8("PatternType", &patternType)
      try c.array("Acls", &acls)
    }
  }

  public struct AclDescription: Structure {
    public var principal: String = ""
    public var host: String = ""
    public var operation: Int8 = 0
    /// 2 deny, 3 allow; in filters 1 is any.
    public var permissionType: Int8 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Principal", &principal)
      try c.string("Host", &host)
      try c.int8("Operation", &operation)
      try c.int8("PermissionType", &permissionType)
    }
  }
}
