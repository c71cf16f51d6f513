import Primitives

/// What a consumer tells the leader of its classic group: the bytes inside `JoinGroup`. A two-byte version precedes it.
public struct ConsumerProtocolSubscription: Message {
  public static var validVersions: ClosedRange<Int16> { 0...3 }
  public static var flexibleVersions: VersionRange { .none }

  public var topics: [String] = []
  public var userData: Bytes?
  public var ownedPartitions: [TopicPartition] = []
  public var generationId: Int32 = -1
  public var rackId: String?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
    try c.nullableBytes("UserData", &userData)
    try c.array("OwnedPartitions", &ownedPartitions, 1..., ignorable: true)
    try c.int32("GenerationId", &generationId, 2..., ignorable: true)
    try c.nullableString("RackId", &rackId, 3..., ignorable: true)
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
