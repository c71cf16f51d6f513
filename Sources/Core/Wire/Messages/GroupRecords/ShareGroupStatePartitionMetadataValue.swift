import Primitives

/// Which share partitions of a share group (KIP-932) are being initialised, are initialised, or are being deleted.
public struct ShareGroupStatePartitionMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 15 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var initializingTopics: [TopicPartitionsInfo] = []
  public var initializedTopics: [TopicPartitionsInfo] = []
  public var deletingTopics: [TopicInfo] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("InitializingTopics", &initializingTopics)
    try c.array("InitializedTopics", &initializedTopics)
    try c.array("DeletingTopics", &deletingTopics)
  }

  public struct TopicPartitionsInfo: Structure {
    public var topicId: Uuid = .zero
    public var topicName: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.string("TopicName", &topicName)
      try c.array("Partitions", &partitions)
    }
  }

  public struct TopicInfo: Structure {
    public var topicId: Uuid = .zero
    public var topicName: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.string("TopicName", &topicName)
    }
  }
}
