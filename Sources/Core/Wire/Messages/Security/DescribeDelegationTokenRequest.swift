/// Lists delegation tokens by owner.
public struct DescribeDelegationTokenRequest: ApiRequest {
  public typealias Response = DescribeDelegationTokenResponse
  public static var apiKey: ApiKey { .describeDelegationToken }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var owners: [DescribeDelegationTokenOwner]? = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableArray("Owners", &owners)
  }

  public struct DescribeDelegationTokenOwner: Structure {
    public var principalType: String = ""
    public var principalName: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("PrincipalType", &principalType)
      try c.string("PrincipalName", &principalName)
    }
  }
}
