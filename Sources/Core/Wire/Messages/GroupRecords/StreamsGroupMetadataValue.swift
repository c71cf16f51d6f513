/// The epoch of a Kafka Streams group (KIP-1071).
public struct StreamsGroupMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 17 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var epoch: Int32 = 0
  public var metadataHash: Int64 = 0
  public var validatedTopologyEpoch: Int32 = -1
  public var lastAssignmentConfigs: [LastAssignmentConfig]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("Epoch", &epoch)
    try c.int64("MetadataHash", &metadataHash)
    try c.tagged(0, "ValidatedTopologyEpoch", &validatedTopologyEpoch, default: -1)
    try c.tagged(1, "LastAssignmentConfigs", &lastAssignmentConfigs)
  }

  public struct LastAssignmentConfig: Structure {
    public var key: String = ""
    public var value: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Key", &key)
      try c.string("Value", &value)
    }
  }
}
