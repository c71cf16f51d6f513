/// The response to `StreamsGroupHeartbeatRequest`.
public struct StreamsGroupHeartbeatResponse: ApiMessage {
  public static var apiKey: ApiKey { .streamsGroupHeartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String?
  public var memberId: String = ""
  public var memberEpoch: Int32 = 0
  public var heartbeatIntervalMs: Int32 = 0
  public var acceptableRecoveryLag: Int32 = 0
  public var taskOffsetIntervalMs: Int32 = 0
  public var status: [Status]? = []
  public var activeTasks: [TaskIds]?
  public var standbyTasks: [TaskIds]?
  public var warmupTasks: [TaskIds]?
  public var endpointInformationEpoch: Int32 = 0
  public var partitionsByUserEndpoint: [EndpointToPartitions]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.string("MemberId", &memberId)
    try c.int32("MemberEpoch", &memberEpoch)
    try c.int32("HeartbeatIntervalMs", &heartbeatIntervalMs)
    try c.int32("AcceptableRecoveryLag", &acceptableRecoveryLag)
    try c.int32("TaskOffsetIntervalMs", &taskOffsetIntervalMs)
    try c.nullableArray("Status", &status)
    try c.nullableArray("ActiveTasks", &activeTasks)
    try c.nullableArray("StandbyTasks", &standbyTasks)
    try c.nullableArray("WarmupTasks", &warmupTasks)
    try c.int32("EndpointInformationEpoch", &endpointInformationEpoch)
    try c.nullableArray("PartitionsByUserEndpoint", &partitionsByUserEndpoint)
  }

  public struct EndpointToPartitions: Structure {
    public var userEndpoint = Endpoint()
    public var activePartitions: [TopicPartition] = []
    public var standbyPartitions: [TopicPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.structure("UserEndpoint", &userEndpoint)
      try c.array("ActivePartitions", &activePartitions)
      try c.array("StandbyPartitions", &standbyPartitions)
    }
  }

  public struct Status: Structure {
    public var statusCode: Int8 = 0
    public var statusDetail: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int8("StatusCode", &statusCode)
      try c.string("StatusDetail", &statusDetail)
    }
  }

  public struct TopicPartition: Structure {
    public var topic: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
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

  public struct Endpoint: Structure {
    public var host: String = ""
    public var port: UInt16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Host", &host)
      try c.uint16("Port", &port)
    }
  }
}
