import Primitives

/// Asks which metrics a client should push (KIP-714).
public struct GetTelemetrySubscriptionsRequest: ApiRequest {
  public typealias Response = GetTelemetrySubscriptionsResponse
  public static var apiKey: ApiKey { .getTelemetrySubscriptions }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var clientInstanceId: Uuid = .zero

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.uuid("ClientInstanceId", &clientInstanceId)
  }
}
