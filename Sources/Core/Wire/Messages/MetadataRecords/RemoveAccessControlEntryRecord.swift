import Primitives

/// An access rule was deleted.
public struct RemoveAccessControlEntryRecord: MetadataRecordContent {
  public static var recordType: Int16 { 19 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var id: Uuid = .zero

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.uuid("Id", &id)
  }
}
