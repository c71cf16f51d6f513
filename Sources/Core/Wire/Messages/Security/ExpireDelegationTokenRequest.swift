import Primitives

/// Changes when a delegation token expires.
public struct ExpireDelegationTokenRequest: ApiRequest {
  public typealias Response = ExpireDelegationTokenResponse
  public static var apiKey: ApiKey { .expireDelegationToken }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var hmac: Bytes = .empty
  public var expiryTimePeriodMs: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.bytes("Hmac", &hmac)
    try c.int64("ExpiryTimePeriodMs", &expiryTimePeriodMs)
  }
}
