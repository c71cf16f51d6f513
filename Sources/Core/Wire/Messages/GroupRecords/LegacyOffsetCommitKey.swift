/// The key of `LegacyOffsetCommitValue`.
public struct LegacyOffsetCommitKey: CoordinatorRecordKey {
  public static var recordType: Int16 { 0 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var group: String = ""
  public var topic: String = ""
  public var partition: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("group", &group)
    try c.string("topic", &topic)
    try c.int32("partition", &partition)
  }
}
