import Primitives

/// The response to `DescribeDelegationTokenRequest`.
public struct DescribeDelegationTokenResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeDelegationToken }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var errorCode: ErrorCode = .none
  public var tokens: [DescribedDelegationToken] = []
  public var throttleTimeMs: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("Tokens", &tokens)
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
  }

  public struct DescribedDelegationToken: Structure {
    public var principalType: String = ""
    public var principalName: String = ""
    public var tokenRequesterPrincipalType: String = ""
    public var tokenRequesterPrincipalName: String = ""
    public var issueTimestamp: Int64 = 0
    public var expiryTimestamp: Int64 = 0
    public var maxTimestamp: Int64 = 0
    public var tokenId: String = ""
    public var hmac: Bytes = .empty
    public var renewers: [DescribedDelegationTokenRenewer] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("PrincipalType", &principalType)
      try c.string("PrincipalName", &principalName)
      try c.string("TokenRequesterPrincipalType", &tokenRequesterPrincipalType, 3...)
      try c.string("TokenRequesterPrincipalName", &tokenRequesterPrincipalName, 3...)
      try c.int64("IssueTimestamp", &issueTimestamp)
      try c.int64("ExpiryTimestamp", &expiryTimestamp)
      try c.int64("MaxTimestamp", &maxTimestamp)
      try c.string("TokenId", &tokenId)
      try c.bytes("Hmac", &hmac)
      try c.array("Renewers", &renewers)
    }
  }

  public struct DescribedDelegationTokenRenewer: Structure {
    public var principalType: String = ""
    public var principalName: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("PrincipalType", &principalType)
      try c.string("PrincipalName", &principalName)
    }
  }
}
