/// The key of `GroupMetadataValue`: a classic group.
public struct GroupMetadataKey: CoordinatorRecordKey {
  public static var recordType: Int16 { 2 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var group: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("group", &group)
  }
}
