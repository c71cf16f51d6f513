/// Has no effect, except that it shows that the active controller is alive and advances its committed offset.
public struct NoOpRecord: MetadataRecordContent, FrequentMessage {
  public static var recordType: Int16 { 20 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {}
}
