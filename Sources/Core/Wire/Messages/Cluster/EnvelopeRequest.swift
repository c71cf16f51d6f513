import Primitives

/// Forwards a client's request from a broker to the controller (KIP-590).
public struct EnvelopeRequest: ApiRequest {
  public typealias Response = EnvelopeResponse
  public static var apiKey: ApiKey { .envelope }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var requestData: Bytes = .empty
  public var requestPrincipal: Bytes? = .empty
  public var clientHostAddress: Bytes = .empty

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.bytes("RequestData", &requestData)
    try c.nullableBytes("RequestPrincipal", &requestPrincipal)
    try c.bytes("ClientHostAddress", &clientHostAddress)
  }
}
