/// The response to `HeartbeatRequest`.
public struct HeartbeatResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .heartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 4... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
    try c.errorCode("ErrorCode", &errorCode)
  }
}
