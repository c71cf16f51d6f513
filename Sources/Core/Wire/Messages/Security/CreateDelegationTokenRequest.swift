/// Creates a delegation token (KIP-48).
public struct CreateDelegationTokenRequest: ApiRequest {
  public typealias Response = CreateDelegationTokenResponse
  public static var apiKey: ApiKey { .createDelegationToken }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var ownerPrincipalType: String? = ""
  public var ownerPrincipalName: String? = ""
  public var renewers: [CreatableRenewers] = []
  public var maxLifetimeMs: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("OwnerPrincipalType", &ownerPrincipalType, 3..., default: "")
    try c.nullableString("OwnerPrincipalName", &ownerPrincipalName, 3..., default: "")
    try c.array("Renewers", &renewers)
    try c.int64("MaxLifetimeMs", &maxLifetimeMs)
  }

  public struct CreatableRenewers: Structure {
    public var principalType: String = ""
    public var principalName: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("PrincipalType", &principalType)
      try c.string("PrincipalName", &principalName)
    }
  }
}
