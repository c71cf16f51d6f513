/// The response to `BrokerHeartbeatRequest`.
public struct BrokerHeartbeatResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .brokerHeartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var isCaughtUp: Bool = false
  public var isFenced: Bool = true
  public var shouldShutDown: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.bool("IsCaughtUp", &isCaughtUp)
    try c.bool("IsFenced", &isFenced)
    try c.bool("ShouldShutDown", &shouldShutDown)
  }
}
