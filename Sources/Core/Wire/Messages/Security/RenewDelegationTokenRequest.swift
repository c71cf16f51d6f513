import Primitives

/// Extends the lifetime of a delegation token.
public struct RenewDelegationTokenRequest: ApiRequest {
  public typealias Response = RenewDelegationTokenResponse
  public static var apiKey: ApiKey { .renewDelegationToken }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var hmac: Bytes = .empty
  public var renewPeriodMs: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.bytes("Hmac", &hmac)
    try c.int64("RenewPeriodMs", &renewPeriodMs)
  }
}
