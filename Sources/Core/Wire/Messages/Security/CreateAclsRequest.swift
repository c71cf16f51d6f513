/// Creates access rules.
public struct CreateAclsRequest: ApiRequest {
  public typealias Response = CreateAclsResponse
  public static var apiKey: ApiKey { .createAcls }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var creations: [AclCreation] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Creations", &creations)
  }

  public struct AclCreation: Structure {
    public var resourceType: Int8 = 0
    public var resourceName: String = ""
    /// 3 literal, 4 prefix.
    public var resourcePatternType: Int8 = 3
    public var principal: String = ""
    public var host: String = ""
    public var operation: Int8 = 0
    /// 2 deny, 3 allow; in filters 1 is any.
    public var permissionType: Int8 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int8("ResourceType", &resourceType)
      try c.string("ResourceName", &resourceName)
      try c.int8("ResourcePatternType", &resourcePatternType)
      try c.string("Principal", &principal)
      try c.string("Host", &host)
      try c.int8("Operation", &operation)
      try c.int8("PermissionType", &permissionType)
    }
  }
}
