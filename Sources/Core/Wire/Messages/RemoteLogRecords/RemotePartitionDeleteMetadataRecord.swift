import Primitives

/// The remote segments of a partition are being deleted (KIP-405).
public struct RemotePartitionDeleteMetadataRecord: RemoteLogMetadataRecord {
  public static var recordType: Int16 { 2 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topicIdPartition = TopicIdPartitionEntry()
  public var brokerId: Int32 = 0
  public var eventTimestampMs: Int64 = 0
  public var remotePartitionDeleteState: Int8 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.structure("TopicIdPartition", &topicIdPartition)
    try c.int32("BrokerId", &brokerId)
    try c.int64("EventTimestampMs", &eventTimestampMs)
    try c.int8("RemotePartitionDeleteState", &remotePartitionDeleteState)
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
