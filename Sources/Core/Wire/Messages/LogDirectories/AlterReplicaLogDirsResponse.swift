/// The response to `AlterReplicaLogDirsRequest`.
public struct AlterReplicaLogDirsResponse: ApiMessage {
  public static var apiKey: ApiKey { .alterReplicaLogDirs }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var results: [AlterReplicaLogDirTopicResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Results", &results)
  }

  public struct AlterReplicaLogDirTopicResult: Structure {
    public var topicName: String = ""
    public var partitions: [AlterReplicaLogDirPartitionResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TopicName", &topicName)
      try c.array("Partitions", &partitions)
    }
  }

  public struct AlterReplicaLogDirPartitionResult: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
