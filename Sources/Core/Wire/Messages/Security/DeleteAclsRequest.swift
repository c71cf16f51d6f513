/// Deletes the access rules that match filters.
public struct DeleteAclsRequest: ApiRequest {
  public typealias Response = DeleteAclsResponse
  public static var apiKey: ApiKey { .deleteAcls }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var filters: [DeleteAclsFilter] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Filters", &filters)
  }

  public struct DeleteAclsFilter: Structure {
    public var resourceTypeFilter: Int8 = 0
    public var resourceNameFilter: String? = ""
    /// 1 any, 2 every pattern that matches the name, 3 literal, 4 prefix.
    public var patternTypeFilter: Int8 = 3
    public var principalFilter: String? = ""
    public var hostFilter: String? = ""
    public var operation: Int8 = 0
    /// 2 deny, 3 allow; in filters 1 is any.
    public var permissionType: Int8 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int8("ResourceTypeFilter", &resourceTypeFilter)
      try c.nullableString("ResourceNameFilter", &resourceNameFilter)
      try c.int8("PatternTypeFilter", &patternTypeFilter)
      try c.nullableString("PrincipalFilter", &principalFilter)
      try c.nullableString("HostFilter", &hostFilter)
      try c.int8("Operation", &operation)
      try c.int8("PermissionType", &permissionType)
    }
  }
}
