/// Ends a metadata transaction whose records must be discarded (KIP-868).
public struct AbortTransactionRecord: MetadataRecordContent {
  public static var recordType: Int16 { 25 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var reason: String?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.tagged(0, "Reason", &reason)
  }
}
