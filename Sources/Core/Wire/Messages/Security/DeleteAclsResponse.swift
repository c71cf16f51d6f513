/// The response to `DeleteAclsRequest`.
public struct DeleteAclsResponse: ApiMessage {
  public static var apiKey: ApiKey { .deleteAcls }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var filterResults: [DeleteAclsFilterResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("FilterResults", &filterResults)
  }

  public struct DeleteAclsFilterResult: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""
    public var matchingAcls: [DeleteAclsMatchingAcl] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.array("MatchingAcls", &matchingAcls)
    }
  }

  public struct DeleteAclsMatchingAcl: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""
    public var resourceType: Int8 = 0
    public var resourceName: String = ""
    /// 3 literal, 4 prefix; in filters also 1 any and 2 every pattern that matches the name.
    public var patternType: Int8 = 3
    public var principal: String = ""
    public var host: String = ""
    public var operation: Int8 = 0
    /// 2 deny, 3 allow; in filters 1 is any.
    public var permissionType: Int8 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.int8("ResourceType", &resourceType)
      try c.string("ResourceName", &resourceName)
      try c.int8("PatternType", &patternType)
      try c.string("Principal", &principal)
      try c.string("Host", &host)
      try c.int8("Operation", &operation)
      try c.int8("PermissionType", &permissionType)
    }
  }
}
