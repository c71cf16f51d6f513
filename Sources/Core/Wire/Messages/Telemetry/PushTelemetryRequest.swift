import Primitives

/// Pushes a client's metrics to a broker (KIP-714).
public struct PushTelemetryRequest: ApiRequest {
  public typealias Response = PushTelemetryResponse
  public static var apiKey: ApiKey { .pushTelemetry }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var clientInstanceId: Uuid = .zero
  public var subscriptionId: Int32 = 0
  public var terminating: Bool = false
  public var compressionType: Int8 = 0
  public var metrics: Bytes = .empty

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.uuid("ClientInstanceId", &clientInstanceId)
    try c.int32("SubscriptionId", &subscriptionId)
    try c.bool("Terminating", &terminating)
    try c.int8("CompressionType", &compressionType)
    try c.bytes("Metrics", &metrics)
  }
}
