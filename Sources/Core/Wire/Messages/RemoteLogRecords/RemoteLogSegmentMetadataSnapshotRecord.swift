import Primitives

/// A remote log segment, as stored in a snapshot file (KIP-405).
public struct RemoteLogSegmentMetadataSnapshotRecord: RemoteLogMetadataRecord {
  public static var recordType: Int16 { 3 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var segmentId: Uuid = .zero
  public var startOffset: Int64 = 0
  public var endOffset: Int64 = 0
  public var brokerId: Int32 = 0
  public var maxTimestampMs: Int64 = 0
  public var eventTimestampMs: Int64 = 0
  public var segmentLeaderEpochs: [SegmentLeaderEpochEntry] = []
  public var segmentSizeInBytes: Int32 = 0
  public var customMetadata: Bytes?
  public var remoteLogSegmentState: Int8 = 0
  public var txnIndexEmpty: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.uuid("SegmentId", &segmentId)
    try c.int64("StartOffset", &startOffset)
    try c.int64("EndOffset", &endOffset)
    try c.int32("BrokerId", &brokerId)
    try c.int64("MaxTimestampMs", &maxTimestampMs)
    try c.int64("EventTimestampMs", &eventTimestampMs)
    try c.array("SegmentLeaderEpochs", &segmentLeaderEpochs)
    try c.int32("SegmentSizeInBytes", &segmentSizeInBytes)
    try c.nullableBytes("CustomMetadata", &customMetadata)
    try c.int8("RemoteLogSegmentState", &remoteLogSegmentState)
    try c.tagged(0, "TxnIndexEmpty", &txnIndexEmpty)
  }

  public struct SegmentLeaderEpochEntry: Structure {
    public var leaderEpoch: Int32 = 0
    public var offset: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.int64("Offset", &offset)
    }
  }
}
