import Primitives

/// The response to `GetTelemetrySubscriptionsRequest`.
public struct GetTelemetrySubscriptionsResponse: ApiMessage {
  public static var apiKey: ApiKey { .getTelemetrySubscriptions }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var clientInstanceId: Uuid = .zero
  public var subscriptionId: Int32 = 0
  public var acceptedCompressionTypes: [Int8] = []
  public var pushIntervalMs: Int32 = 0
  public var telemetryMaxBytes: Int32 = 0
  public var deltaTemporality: Bool = false
  public var requestedMetrics: [String] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.uuid("ClientInstanceId", &clientInstanceId)
    try c.int32("SubscriptionId", &subscriptionId)
    try c.array("AcceptedCompressionTypes", &acceptedCompressionTypes)
    try c.int32("PushIntervalMs", &pushIntervalMs)
    try c.int32("TelemetryMaxBytes", &telemetryMaxBytes)
    try c.bool("DeltaTemporality", &deltaTemporality)
    try c.array("RequestedMetrics", &requestedMetrics)
  }
}
