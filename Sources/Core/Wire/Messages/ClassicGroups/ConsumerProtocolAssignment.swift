import Primitives

/// What the leader of a classic group of consumers assigns to one member: the bytes inside `SyncGroup`. A two-byte version
/// precedes it.
public struct ConsumerProtocolAssignment: Message {
  public static var validVersions: ClosedRange<Int16> { 0...3 }
  public static var flexibleVersions: VersionRange { .none }

  public var assignedPartitions: [TopicPartition] = []
  public var userData: Bytes?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("AssignedPartitions", &assignedPartitions)
    try c.nullableBytes("UserData", &userData)
  }

  public struct TopicPartition: Structure {
    public var topic: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
    }
  }
}
