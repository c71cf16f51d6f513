/// The key of `StreamsGroupMemberMetadataValue`.
public struct StreamsGroupMemberMetadataKey: CoordinatorRecordKey {
  public static var recordType: Int16 { 19 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var groupId: String = ""
  public var memberId: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.string("MemberId", &memberId)
  }
}
