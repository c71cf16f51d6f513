import Primitives

/// Carries one step of a SASL exchange.
public struct SaslAuthenticateRequest: ApiRequest {
  public typealias Response = SaslAuthenticateResponse
  public static var apiKey: ApiKey { .saslAuthenticate }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var authBytes: Bytes = .empty

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.bytes("AuthBytes", &authBytes)
  }
}
