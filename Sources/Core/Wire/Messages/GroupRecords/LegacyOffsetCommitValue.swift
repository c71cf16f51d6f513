/// A committed offset in the first format of its key; written by brokers before 0.9.
public struct LegacyOffsetCommitValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 0 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var offset: Int64 = 0
  public var metadata: String = ""
  public var commitTimestamp: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int64("offset", &offset)
    try c.string("metadata", &metadata)
    try c.int64("commitTimestamp", &commitTimestamp)
  }
}
