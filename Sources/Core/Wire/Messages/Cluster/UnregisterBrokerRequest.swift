/// Removes the registration of a broker that is gone for good (KIP-631).
public struct UnregisterBrokerRequest: ApiRequest {
  public typealias Response = UnregisterBrokerResponse
  public static var apiKey: ApiKey { .unregisterBroker }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
  }
}
