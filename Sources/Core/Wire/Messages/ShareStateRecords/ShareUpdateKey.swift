import Primitives

/// The key of `ShareUpdateValue`: a share partition in `__share_group_state`.
public struct ShareUpdateKey: CoordinatorRecordKey {
  public static var recordType: Int16 { 1 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var groupId: String = ""
  public var topicId: Uuid = .zero
  public var partition: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.uuid("TopicId", &topicId)
    try c.int32("Partition", &partition)
  }
}
