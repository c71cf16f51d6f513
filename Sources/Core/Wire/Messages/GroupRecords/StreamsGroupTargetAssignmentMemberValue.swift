/// What a member of a Kafka Streams group (KIP-1071) should own.
public struct StreamsGroupTargetAssignmentMemberValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 21 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var activeTasks: [TaskIds] = []
  public var standbyTasks: [TaskIds] = []
  public var warmupTasks: [TaskIds] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("ActiveTasks", &activeTasks)
    try c.array("StandbyTasks", &standbyTasks)
    try c.array("WarmupTasks", &warmupTasks)
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
