/// The topology of a Kafka Streams group (KIP-1071).
public struct StreamsGroupTopologyValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 23 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var epoch: Int32 = 0
  public var subtopologies: [Subtopology] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("Epoch", &epoch)
    try c.array("Subtopologies", &subtopologies)
  }

  public struct Subtopology: Structure {
    public var subtopologyId: String = ""
    public var sourceTopics: [String] = []
    public var sourceTopicRegex: [String] = []
    public var stateChangelogTopics: [TopicInfo] = []
    public var repartitionSinkTopics: [String] = []
    public var repartitionSourceTopics: [TopicInfo] = []
    public var copartitionGroups: [CopartitionGroup] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("SubtopologyId", &subtopologyId)
      try c.array("SourceTopics", &sourceTopics)
      try c.array("SourceTopicRegex", &sourceTopicRegex)
      try c.array("StateChangelogTopics", &stateChangelogTopics)
      try c.array("RepartitionSinkTopics", &repartitionSinkTopics)
      try c.array("RepartitionSourceTopics", &repartitionSourceTopics)
      try c.array("CopartitionGroups", &copartitionGroups)
    }
  }

  public struct CopartitionGroup: Structure {
    public var sourceTopics: [Int16] = []
    public var sourceTopicRegex: [Int16] = []
    public var repartitionSourceTopics: [Int16] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.array("SourceTopics", &sourceTopics)
      try c.array("SourceTopicRegex", &sourceTopicRegex)
      try c.array("RepartitionSourceTopics", &repartitionSourceTopics)
    }
  }

  public struct TopicConfig: Structure {
    public var key: String = ""
    public var value: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("key", &key)
      try c.string("value", &value)
    }
  }

  public struct TopicInfo: Structure {
    public var name: String = ""
    public var partitions: Int32 = 0
    public var replicationFactor: Int16 = 0
    public var topicConfigs: [TopicConfig] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int32("Partitions", &partitions)
      try c.int16("ReplicationFactor", &replicationFactor)
      try c.array("TopicConfigs", &topicConfigs)
    }
  }
}
