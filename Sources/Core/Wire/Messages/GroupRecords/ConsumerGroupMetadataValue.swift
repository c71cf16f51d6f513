/// The epoch of a consumer group (KIP-848).
public struct ConsumerGroupMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 3 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var epoch: Int32 = 0
  public var metadataHash: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("Epoch", &epoch)
    try c.tagged(0, "MetadataHash", &metadataHash)
  }
}
