/// The response to `SaslHandshakeRequest`.
public struct SaslHandshakeResponse: ApiMessage {
  public static var apiKey: ApiKey { .saslHandshake }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .none }

  public var errorCode: ErrorCode = .none
  public var mechanisms: [String] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("Mechanisms", &mechanisms)
  }
}
