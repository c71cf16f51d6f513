/// The response to `BrokerRegistrationRequest`.
public struct BrokerRegistrationResponse: ApiMessage {
  public static var apiKey: ApiKey { .brokerRegistration }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var brokerEpoch: Int64 = -1

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.int64("BrokerEpoch", &brokerEpoch)
  }
}
