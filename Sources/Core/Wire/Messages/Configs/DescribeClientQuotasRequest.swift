/// Lists the quotas that match a filter (KIP-546).
public struct DescribeClientQuotasRequest: ApiRequest {
  public typealias Response = DescribeClientQuotasResponse
  public static var apiKey: ApiKey { .describeClientQuotas }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var components: [ComponentData] = []
  public var strict: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Components", &components)
    try c.bool("Strict", &strict)
  }

  public struct ComponentData: Structure {
    public var entityType: String = ""
    /// 0 this name, 1 the default, 2 any name.
    public var matchType: Int8 = 0
    public var match: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("EntityType", &entityType)
      try c.int8("MatchType", &matchType)
      try c.nullableString("Match", &match)
    }
  }
}
