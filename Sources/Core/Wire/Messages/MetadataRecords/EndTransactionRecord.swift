/// Ends a metadata transaction, which takes effect (KIP-868).
public struct EndTransactionRecord: MetadataRecordContent {
  public static var recordType: Int16 { 24 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {}
}
