/// The state of idempotent producers, as stored in a partition's `.snapshot` file.
public struct ProducerSnapshot: Message {
  public static var validVersions: ClosedRange<Int16> { 1...1 }
  public static var flexibleVersions: VersionRange { .none }

  /// CRC-32C of everything after this field.
  public var crc: UInt32 = 0
  public var producerEntries: [ProducerEntry] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.uint32("Crc", &crc)
    try c.array("ProducerEntries", &producerEntries)
  }

  public struct ProducerEntry: Structure {
    public var producerId: Int64 = 0
    public var epoch: Int16 = 0
    public var lastSequence: Int32 = 0
    public var lastOffset: Int64 = 0
    public var offsetDelta: Int32 = 0
    public var timestamp: Int64 = 0
    public var coordinatorEpoch: Int32 = 0
    /// The first offset of this producer's open transaction; -1 if there is none.
    public var currentTxnFirstOffset: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("ProducerId", &producerId)
      try c.int16("Epoch", &epoch)
      try c.int32("LastSequence", &lastSequence)
      try c.int64("LastOffset", &lastOffset)
      try c.int32("OffsetDelta", &offsetDelta)
      try c.int64("Timestamp", &timestamp)
      try c.int32("CoordinatorEpoch", &coordinatorEpoch)
      try c.int64("CurrentTxnFirstOffset", &currentTxnFirstOffset)
    }
  }
}
