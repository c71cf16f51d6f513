import Primitives

/// The response to `CreateDelegationTokenRequest`.
public struct CreateDelegationTokenResponse: ApiMessage {
  public static var apiKey: ApiKey { .createDelegationToken }
  public static var validVersions: ClosedRange<Int16> { 1...3 }
  public static var flexibleVersions: VersionRange { 2... }

  public var errorCode: ErrorCode = .none
  public var principalType: String = ""
  public var principalName: String = ""
  public var tokenRequesterPrincipalType: String = ""
  public var tokenRequesterPrincipalName: String = ""
  public var issueTimestampMs: Int64 = 0
  public var expiryTimestampMs: Int64 = 0
  public var maxTimestampMs: Int64 = 0
  public var tokenId: String = ""
  public var hmac: Bytes = .empty
  public var throttleTimeMs: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.string("PrincipalType", &principalType)
    try c.string("PrincipalName", &principalName)
    try c.string("TokenRequesterPrincipalType", &tokenRequesterPrincipalType, 3...)
    try c.string("TokenRequesterPrincipalName", &tokenRequesterPrincipalName, 3...)
    try c.int64("IssueTimestampMs", &issueTimestampMs)
    try c.int64("ExpiryTimestampMs", &expiryTimestampMs)
    try c.int64("MaxTimestampMs", &maxTimestampMs)
    try c.string("TokenId", &tokenId)
    try c.bytes("Hmac", &hmac)
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
  }
}
