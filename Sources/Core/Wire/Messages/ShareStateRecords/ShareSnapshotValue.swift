/// The whole state of a share partition (KIP-932).
public struct ShareSnapshotValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 0 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var snapshotEpoch: Int32 = 0
  public var stateEpoch: Int32 = 0
  public var leaderEpoch: Int32 = 0
  public var startOffset: Int64 = 0
  public var deliveryCompleteCount: Int32 = -1
  public var createTimestamp: Int64 = 0
  public var writeTimestamp: Int64 = 0
  public var stateBatches: [StateBatch] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("SnapshotEpoch", &snapshotEpoch)
    try c.int32("StateEpoch", &stateEpoch)
    try c.int32("LeaderEpoch", &leaderEpoch)
    try c.int64("StartOffset", &startOffset)
    try c.int64("CreateTimestamp", &createTimestamp)
    try c.int64("WriteTimestamp", &writeTimestamp)
    try c.array("StateBatches", &stateBatches)
    try c.tagged(0, "DeliveryCompleteCount", &deliveryCompleteCount, default: -1)
  }

  public struct StateBatch: Structure {
    public var firstOffset: Int64 = 0
    public var lastOffset: Int64 = 0
    public var deliveryState: Int8 = 0
    public var deliveryCount: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("FirstOffset", &firstOffset)
      try c.int64("LastOffset", &lastOffset)
      try c.int8("DeliveryState", &deliveryState)
      try c.int16("DeliveryCount", &deliveryCount)
    }
  }
}
