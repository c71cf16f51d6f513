import Primitives

/// A topic was deleted, with its partitions and configs.
public struct RemoveTopicRecord: MetadataRecordContent {
  public static var recordType: Int16 { 9 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topicId: Uuid = .zero

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.uuid("TopicId", &topicId)
  }
}
