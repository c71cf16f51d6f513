/// Deletes the offsets of a share group for whole topics.
public struct DeleteShareGroupOffsetsRequest: ApiRequest {
  public typealias Response = DeleteShareGroupOffsetsResponse
  public static var apiKey: ApiKey { .deleteShareGroupOffsets }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var topics: [DeleteShareGroupOffsetsRequestTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.array("Topics", &topics)
  }

  public struct DeleteShareGroupOffsetsRequestTopic: Structure {
    public var topicName: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
    }
  }
}
