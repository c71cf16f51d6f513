import Primitives

/// Some fields of a partition changed. A field at its default did not change.
public struct PartitionChangeRecord: MetadataRecordContent, FrequentMessage {
  public static var recordType: Int16 { 5 }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var partitionId: Int32 = -1
  public var topicId: Uuid = .zero
  /// Null if the ISR did not change.
  public var isr: [Int32]?
  /// -1 for no leader; -2 if it did not change.
  public var leader: Int32 = -2
  public var replicas: [Int32]?
  public var removingReplicas: [Int32]?
  public var addingReplicas: [Int32]?
  /// 0 recovered, 1 recovering after an unclean election (KIP-704); -1 if it did not change.
  public var leaderRecoveryState: Int8 = -1
  public var directories: [Uuid]?
  /// Replicas outside the ISR that hold every committed record (KIP-966).
  public var eligibleLeaderReplicas: [Int32]?
  /// Replicas to fall back on if the ISR and the eligible replicas are all gone (KIP-966).
  public var lastKnownElr: [Int32]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("PartitionId", &partitionId)
    try c.uuid("TopicId", &topicId)
    try c.tagged(0, "Isr", &isr)
    try c.tagged(1, "Leader", &leader, default: -2)
    try c.tagged(2, "Replicas", &replicas)
    try c.tagged(3, "RemovingReplicas", &removingReplicas)
    try c.tagged(4, "AddingReplicas", &addingReplicas)
    try c.tagged(5, "LeaderRecoveryState", &leaderRecoveryState, default: -1)
    try c.tagged(6, "EligibleLeaderReplicas", &eligibleLeaderReplicas, 2...)
    try c.tagged(7, "LastKnownElr", &lastKnownElr, 2...)
    try c.tagged(8, "Directories", &directories, 1...)
  }
}
