/// What a member of a Kafka Streams group (KIP-1071) owns now, and the epoch that it is moving to.
public struct StreamsGroupCurrentMemberAssignmentValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 22 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var memberEpoch: Int32 = 0
  public var previousMemberEpoch: Int32 = 0
  public var state: Int8 = 0
  public var activeTasks: [TaskIds] = []
  public var standbyTasks: [TaskIds] = []
  public var warmupTasks: [TaskIds] = []
  public var activeTasksPendingRevocation: [TaskIds] = []
  public var standbyTasksPendingRevocation: [TaskIds] = []
  public var warmupTasksPendingRevocation: [TaskIds] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("MemberEpoch", &memberEpoch)
    try c.int32("PreviousMemberEpoch", &previousMemberEpoch)
    try c.int8("State", &state)
    try c.array("ActiveTasks", &activeTasks)
    try c.array("StandbyTasks", &standbyTasks)
    try c.array("WarmupTasks", &warmupTasks)
    try c.array("ActiveTasksPendingRevocation", &activeTasksPendingRevocation)
    try c.array("StandbyTasksPendingRevocation", &standbyTasksPendingRevocation)
    try c.array("WarmupTasksPendingRevocation", &warmupTasksPendingRevocation)
  }

  public struct TaskIds: Structure {
    public var subtopologyId: String = ""
    public var partitions: [Int32] = []
    public var assignmentEpochs: [Int32]?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("SubtopologyId", &subtopologyId)
      try c.array("Partitions", &partitions)
      try c.tagged(0, "AssignmentEpochs", &assignmentEpochs)
    }
  }
}
