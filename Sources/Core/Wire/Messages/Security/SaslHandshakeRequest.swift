/// Chooses a SASL mechanism.
public struct SaslHandshakeRequest: ApiRequest {
  public typealias Response = SaslHandshakeResponse
  public static var apiKey: ApiKey { .saslHandshake }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .none }

  public var mechanism: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Mechanism", &mechanism)
  }
}
