/// A block of producer ids was given to a broker (KIP-730).
public struct ProducerIdsRecord: MetadataRecordContent {
  public static var recordType: Int16 { 15 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var brokerEpoch: Int64 = -1
  public var nextProducerId: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.int64("BrokerEpoch", &brokerEpoch)
    try c.int64("NextProducerId", &nextProducerId)
  }
}
