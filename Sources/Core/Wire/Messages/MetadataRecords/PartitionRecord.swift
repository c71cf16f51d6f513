import Primitives

/// The whole state of a partition: a new one, or one in a snapshot.
public struct PartitionRecord: MetadataRecordContent, FrequentMessage {
  public static var recordType: Int16 { 3 }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var partitionId: Int32 = -1
  public var topicId: Uuid = .zero
  public var replicas: [Int32] = []
  public var isr: [Int32] = []
  public var removingReplicas: [Int32] = []
  public var addingReplicas: [Int32] = []
  public var leader: Int32 = -1
  /// 0 recovered, 1 recovering after an unclean election (KIP-704).
  public var leaderRecoveryState: Int8 = 0
  public var leaderEpoch: Int32 = -1
  public var partitionEpoch: Int32 = -1
  public var directories: [Uuid] = []
  /// Replicas outside the ISR that hold every committed record (KIP-966).
  public var eligibleLeaderReplicas: [Int32]?
  /// Replicas to fall back on if the ISR and the eligible replicas are all gone (KIP-966).
  public var lastKnownElr: [Int32]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("PartitionId", &partitionId)
    try c.uuid("TopicId", &topicId)
    try c.array("Replicas", &replicas)
    try c.array("Isr", &isr)
    try c.array("RemovingReplicas", &removingReplicas)
    try c.array("AddingReplicas", &addingReplicas)
    try c.int32("Leader", &leader)
    try c.int32("LeaderEpoch", &leaderEpoch)
    try c.int32("PartitionEpoch", &partitionEpoch)
    try c.array("Directories", &directories, 1...)
    try c.tagged(0, "LeaderRecoveryState", &leaderRecoveryState)
    try c.tagged(1, "EligibleLeaderReplicas", &eligibleLeaderReplicas, 2...)
    try c.tagged(2, "LastKnownElr", &lastKnownElr, 2...)
  }
}
