/// Gets a block of producer ids for a broker to hand out (KIP-730).
public struct AllocateProducerIdsRequest: ApiRequest {
  public typealias Response = AllocateProducerIdsResponse
  public static var apiKey: ApiKey { .allocateProducerIds }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var brokerEpoch: Int64 = -1

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.int64("BrokerEpoch", &brokerEpoch)
  }
}
