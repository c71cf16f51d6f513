import Primitives

/// What a Kafka Streams member tells the leader of its classic group.
public struct SubscriptionInfoData: Message {
  public static var validVersions: ClosedRange<Int16> { 1...11 }
  public static var flexibleVersions: VersionRange { .none }

  public var version: Int32 = 0
  public var latestSupportedVersion: Int32 = -1
  public var processId: Uuid = .zero
  public var prevTasks: [TaskId] = []
  public var standbyTasks: [TaskId] = []
  public var userEndPoint: Bytes = .empty
  public var taskOffsetSums: [TaskOffsetSum] = []
  public var uniqueField: Int8 = 0
  public var errorCode: Int32 = 0
  public var clientTags: [ClientTag] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("version", &version)
    try c.int32("latestSupportedVersion", &latestSupportedVersion, 3..., default: -1)
    try c.uuid("processId", &processId)
    try c.array("prevTasks", &prevTasks, 1...6)
    try c.array("standbyTasks", &standbyTasks, 1...6)
    try c.bytes("userEndPoint", &userEndPoint, 2...)
    try c.array("taskOffsetSums", &taskOffsetSums, 7...)
    try c.int8("uniqueField", &uniqueField, 8...)
    try c.int32("errorCode", &errorCode, 9...)
    try c.array("clientTags", &clientTags, 11...)
  }

  public struct TaskId: Structure {
    public var topicGroupId: Int32 = 0
    public var partition: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("topicGroupId", &topicGroupId)
      try c.int32("partition", &partition)
    }
  }

  public struct TaskOffsetSum: Structure {
    public var topicGroupId: Int32 = 0
    public var partition: Int32 = 0
    public var offsetSum: Int64 = 0
    public var namedTopology: String? = ""
    public var partitionToOffsetSum: [PartitionToOffsetSum] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("topicGroupId", &topicGroupId)
      try c.int32("partition", &partition, 10...)
      try c.int64("offsetSum", &offsetSum, 10...)
      try c.nullableString("namedTopology", &namedTopology, 10..., ignorable: true)
      try c.array("partitionToOffsetSum", &partitionToOffsetSum, 7...9)
    }
  }

  public struct PartitionToOffsetSum: Structure {
    public var partition: Int32 = 0
    public var offsetSum: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("partition", &partition)
      try c.int64("offsetSum", &offsetSum)
    }
  }

  public struct ClientTag: Structure {
    public var key: Bytes = .empty
    public var value: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.bytes("key", &key)
      try c.bytes("value", &value)
    }
  }
}
