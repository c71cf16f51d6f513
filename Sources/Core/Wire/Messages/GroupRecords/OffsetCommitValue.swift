import Primitives

/// A committed offset. A record without a value deletes it.
public struct OffsetCommitValue: CoordinatorRecordValue, FrequentMessage {
  public static var recordType: Int16 { 1 }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 4... }

  public var offset: Int64 = 0
  public var leaderEpoch: Int32 = -1
  public var metadata: String = ""
  public var commitTimestamp: Int64 = 0
  public var expireTimestamp: Int64 = -1
  public var topicId: Uuid = .zero

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int64("offset", &offset)
    try c.int32("leaderEpoch", &leaderEpoch, 3..., ignorable: true)
    try c.string("metadata", &metadata)
    try c.int64("commitTimestamp", &commitTimestamp)
    try c.int64("expireTimestamp", &expireTimestamp, 1, ignorable: true)
    try c.tagged(0, "topicId", &topicId, 4..., ignorable: true)
  }
}
