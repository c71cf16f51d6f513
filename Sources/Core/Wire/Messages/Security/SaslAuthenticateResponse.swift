import Primitives

/// The response to `SaslAuthenticateRequest`.
public struct SaslAuthenticateResponse: ApiMessage {
  public static var apiKey: ApiKey { .saslAuthenticate }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var authBytes: Bytes = .empty
  public var sessionLifetimeMs: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.bytes("AuthBytes", &authBytes)
    try c.int64("SessionLifetimeMs", &sessionLifetimeMs, 1..., ignorable: true)
  }
}
