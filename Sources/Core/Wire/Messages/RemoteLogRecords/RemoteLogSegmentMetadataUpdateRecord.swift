import Primitives

/// The state of a remote log segment changed (KIP-405).
public struct RemoteLogSegmentMetadataUpdateRecord: RemoteLogMetadataRecord {
  public static var recordType: Int16 { 1 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var remoteLogSegmentId = RemoteLogSegmentIdEntry()
  public var brokerId: Int32 = 0
  public var eventTimestampMs: Int64 = 0
  public var customMetadata: Bytes?
  public var remoteLogSegmentState: Int8 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.structure("RemoteLogSegmentId", &remoteLogSegmentId)
    try c.int32("BrokerId", &brokerId)
    try c.int64("EventTimestampMs", &eventTimestampMs)
    try c.nullableBytes("CustomMetadata", &customMetadata)
    try c.int8("RemoteLogSegmentState", &remoteLogSegmentState)
  }

  public struct RemoteLogSegmentIdEntry: Structure {
    public var topicIdPartition = TopicIdPartitionEntry()
    public var id: Uuid = .zero

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.structure("TopicIdPartition", &topicIdPartition)
      try c.uuid("Id", &id)
    }
  }

  public struct TopicIdPartitionEntry: Structure {
    public var name: String = ""
    public var id: Uuid = .zero
    public var partition: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.uuid("Id", &id)
      try c.int32("Partition", &partition)
    }
  }
}
