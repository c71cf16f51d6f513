/// The value of the control record at the end of a snapshot.
public struct SnapshotFooterRecord: Message {
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var version: Int16 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int16("Version", &version)
  }
}
