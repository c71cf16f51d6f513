/// The response to `RenewDelegationTokenRequest`.
public struct RenewDelegationTokenResponse: ApiMessage {
  public static var apiKey: ApiKey { .renewDelegationToken }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var errorCode: ErrorCode = .none
  public var expiryTimestampMs: Int64 = 0
  public var throttleTimeMs: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.int64("ExpiryTimestampMs", &expiryTimestampMs)
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
  }
}
