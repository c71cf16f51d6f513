import Primitives

/// What a member of a consumer group (KIP-848) owns now, and the epoch that it is moving to.
public struct ConsumerGroupCurrentMemberAssignmentValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 8 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var memberEpoch: Int32 = 0
  public var previousMemberEpoch: Int32 = 0
  public var state: Int8 = 0
  public var assignedPartitions: [TopicPartitions] = []
  public var partitionsPendingRevocation: [TopicPartitions] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("MemberEpoch", &memberEpoch)
    try c.int32("PreviousMemberEpoch", &previousMemberEpoch)
    try c.int8("State", &state)
    try c.array("AssignedPartitions", &assignedPartitions)
    try c.array("PartitionsPendingRevocation", &partitionsPendingRevocation)
  }

  public struct TopicPartitions: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [Int32] = []
    public var assignmentEpochs: [Int32]?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
      try c.tagged(0, "AssignmentEpochs", &assignmentEpochs)
    }
  }
}
