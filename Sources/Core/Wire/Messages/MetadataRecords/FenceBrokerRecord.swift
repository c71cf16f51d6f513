/// A broker was fenced. Written only before metadata version 3.3; since then `BrokerRegistrationChangeRecord`.
public struct FenceBrokerRecord: MetadataRecordContent {
  public static var recordType: Int16 { 7 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var id: Int32 = 0
  public var epoch: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("Id", &id)
    try c.int64("Epoch", &epoch)
  }
}
