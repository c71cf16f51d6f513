import Primitives

/// The response to `EnvelopeRequest`.
public struct EnvelopeResponse: ApiMessage {
  public static var apiKey: ApiKey { .envelope }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var responseData: Bytes?
  public var errorCode: ErrorCode = .none

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableBytes("ResponseData", &responseData)
    try c.errorCode("ErrorCode", &errorCode)
  }
}
