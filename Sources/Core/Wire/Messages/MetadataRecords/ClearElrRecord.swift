/// The eligible leader replicas of one topic, or of all of them, were cleared (KIP-966).
public struct ClearElrRecord: MetadataRecordContent {
  public static var recordType: Int16 { 28 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topicName: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("TopicName", &topicName)
  }
}
