/// Begins a metadata transaction: the records up to its end take effect together (KIP-868).
public struct BeginTransactionRecord: MetadataRecordContent {
  public static var recordType: Int16 { 23 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var name: String?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.tagged(0, "Name", &name)
  }
}
