/// The response to `StreamsGroupDescribeRequest`.
public struct StreamsGroupDescribeResponse: ApiMessage {
  public static var apiKey: ApiKey { .streamsGroupDescribe }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var groups: [DescribedGroup] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Groups", &groups)
  }

  public struct DescribedGroup: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?
    public var groupId: String = ""
    public var groupState: String = ""
    public var groupEpoch: Int32 = 0
    public var assignmentEpoch: Int32 = 0
    public var topology: Topology?
    public var members: [Member] = []
    /// Bit n stands for operation n; the smallest integer means that the client did not ask.
    public var authorizedOperations: Int32 = .min

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.string("GroupId", &groupId)
      try c.string("GroupState", &groupState)
      try c.int32("GroupEpoch", &groupEpoch)
      try c.int32("AssignmentEpoch", &assignmentEpoch)
      try c.nullableStructure("Topology", &topology)
      try c.array("Members", &members)
      try c.int32("AuthorizedOperations", &authorizedOperations)
    }
  }

  public struct Topology: Structure {
    public var epoch: Int32 = 0
    public var subtopologies: [Subtopology]?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Epoch", &epoch)
      try c.nullableArray("Subtopologies", &subtopologies)
    }
  }

  public struct Subtopology: Structure {
    public var subtopologyId: String = ""
    public var sourceTopics: [String] = []
    public var repartitionSinkTopics: [String] = []
    public var stateChangelogTopics: [TopicInfo] = []
    public var repartitionSourceTopics: [TopicInfo] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("SubtopologyId", &subtopologyId)
      try c.array("SourceTopics", &sourceTopics)
      try c.array("RepartitionSinkTopics", &repartitionSinkTopics)
      try c.array("StateChangelogTopics", &stateChangelogTopics)
      try c.array("RepartitionSourceTopics", &repartitionSourceTopics)
    }
  }

  public struct Member: Structure {
    public var memberId: String = ""
    public var memberEpoch: Int32 = 0
    public var instanceId: String?
    public var rackId: String?
    public var clientId: String = ""
    public var clientHost: String = ""
    public var topologyEpoch: Int32 = 0
    public var processId: String = ""
    public var userEndpoint: Endpoint?
    public var clientTags: [KeyValue] = []
    public var taskOffsets: [TaskOffset] = []
    public var taskEndOffsets: [TaskOffset] = []
    public var assignment = Assignment()
    public var targetAssignment = Assignment()
    public var isClassic: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("MemberId", &memberId)
      try c.int32("MemberEpoch", &memberEpoch)
      try c.nullableString("InstanceId", &instanceId)
      try c.nullableString("RackId", &rackId)
      try c.string("ClientId", &clientId)
      try c.string("ClientHost", &clientHost)
      try c.int32("TopologyEpoch", &topologyEpoch)
      try c.string("ProcessId", &processId)
      try c.nullableStructure("UserEndpoint", &userEndpoint)
      try c.array("ClientTags", &clientTags)
      try c.array("TaskOffsets", &taskOffsets)
      try c.array("TaskEndOffsets", &taskEndOffsets)
      try c.structure("Assignment", &assignment)
      try c.structure("TargetAssignment", &targetAssignment)
      try c.bool("IsClassic", &isClassic)
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

  public struct Assignment: Structure {
    public var activeTasks: [TaskIds] = []
    public var standbyTasks: [TaskIds] = []
    public var warmupTasks: [TaskIds] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.array("ActiveTasks", &activeTasks)
      try c.array("StandbyTasks", &standbyTasks)
      try c.array("WarmupTasks", &warmupTasks)
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
}
