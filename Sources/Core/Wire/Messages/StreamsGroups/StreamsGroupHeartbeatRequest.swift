/// Joins, keeps alive and leaves a Kafka Streams group (KIP-1071).
public struct StreamsGroupHeartbeatRequest: ApiRequest {
  public typealias Response = StreamsGroupHeartbeatResponse
  public static var apiKey: ApiKey { .streamsGroupHeartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var memberId: String = ""
  /// 0 joins, -1 leaves, -2 leaves for a while as a static member; otherwise the epoch that the member is in.
  public var memberEpoch: Int32 = 0
  public var endpointInformationEpoch: Int32 = 0
  public var instanceId: String?
  public var rackId: String?
  public var rebalanceTimeoutMs: Int32 = -1
  public var topology: Topology?
  public var activeTasks: [TaskIds]?
  public var standbyTasks: [TaskIds]?
  public var warmupTasks: [TaskIds]?
  public var processId: String?
  public var userEndpoint: Endpoint?
  public var clientTags: [KeyValue]?
  public var taskOffsets: [TaskOffset]?
  public var taskEndOffsets: [TaskOffset]?
  public var shutdownApplication: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.string("MemberId", &memberId)
    try c.int32("MemberEpoch", &memberEpoch)
    try c.int32("EndpointInformationEpoch", &endpointInformationEpoch)
    try c.nullableString("InstanceId", &instanceId)
    try c.nullableString("RackId", &rackId)
    try c.int32("RebalanceTimeoutMs", &rebalanceTimeoutMs)
    try c.nullableStructure("Topology", &topology)
    try c.nullableArray("ActiveTasks", &activeTasks)
    try c.nullableArray("StandbyTasks", &standbyTasks)
    try c.nullableArray("WarmupTasks", &warmupTasks)
    try c.nullableString("ProcessId", &processId)
    try c.nullableStructure("UserEndpoint", &userEndpoint)
    try c.nullableArray("ClientTags", &clientTags)
    try c.nullableArray("TaskOffsets", &taskOffsets)
    try c.nullableArray("TaskEndOffsets", &taskEndOffsets)
    try c.bool("ShutdownApplication", &shutdownApplication)
  }

  public struct Topology: Structure {
    public var epoch: Int32 = 0
    public var subtopologies: [Subtopology] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Epoch", &epoch)
      try c.array("Subtopologies", &subtopologies)
    }
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

  public struct KeyValue: Structure {
    public var key: String = ""
    public var value: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Key", &key)
      try c.string("Value", &value)
    }
  }

  public struct TopicInfo: Structure {
    public var name: String = ""
    public var partitions: Int32 = 0
    public var replicationFactor: Int16 = 0
    public var topicConfigs: [KeyValue] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int32("Partitions", &partitions)
      try c.int16("ReplicationFactor", &replicationFactor)
      try c.array("TopicConfigs", &topicConfigs)
    }
  }

  public struct Endpoint: Structure {
    public var host: String = ""
    public var port: UInt16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Host", &host)
      try c.uint16("Port", &port)
    }
  }

  public struct TaskOffset: Structure {
    public var subtopologyId: String = ""
    public var partition: Int32 = 0
    public var offset: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("SubtopologyId", &subtopologyId)
      try c.int32("Partition", &partition)
      try c.int64("Offset", &offset)
    }
  }

  public struct TaskIds: Structure {
    public var subtopologyId: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("SubtopologyId", &subtopologyId)
      try c.array("Partitions", &partitions)
    }
  }
}
