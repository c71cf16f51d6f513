import Primitives

/// A topic was created; its partitions follow.
public struct TopicRecord: MetadataRecordContent {
  public static var recordType: Int16 { 2 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var name: String = ""
  public var topicId: Uuid = .zero

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("Name", &name)
    try c.uuid("TopicId", &topicId)
  }
}
