/// The response to `ListPartitionReassignmentsRequest`.
public struct ListPartitionReassignmentsResponse: ApiMessage {
  public static var apiKey: ApiKey { .listPartitionReassignments }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var topics: [OngoingTopicReassignment] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.array("Topics", &topics)
  }

  public struct OngoingTopicReassignment: Structure {
    public var name: String = ""
    public var partitions: [OngoingPartitionReassignment] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OngoingPartitionReassignment: Structure {
    public var partitionIndex: Int32 = 0
    public var replicas: [Int32] = []
    public var addingReplicas: [Int32] = []
    public var removingReplicas: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.array("Replicas", &replicas)
      try c.array("AddingReplicas", &addingReplicas)
      try c.array("RemovingReplicas", &removingReplicas)
    }
  }
}
