/// The response to `OffsetDeleteRequest`.
public struct OffsetDeleteResponse: ApiMessage {
  public static var apiKey: ApiKey { .offsetDelete }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .none }

  public var errorCode: ErrorCode = .none
  public var throttleTimeMs: Int32 = 0
  public var topics: [OffsetDeleteResponseTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.errorCode("ErrorCode", &errorCode)
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Topics", &topics)
  }

  public struct OffsetDeleteResponseTopic: Structure {
    public var name: String = ""
    public var partitions: [OffsetDeleteResponsePartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct OffsetDeleteResponsePartition: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
