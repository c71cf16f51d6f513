/// The key of `ShareGroupTargetAssignmentMetadataValue`.
public struct ShareGroupTargetAssignmentMetadataKey: CoordinatorRecordKey {
  public static var recordType: Int16 { 12 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var groupId: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
  }
}
