/// Moves the log start offset of partitions forward.
public struct DeleteRecordsRequest: ApiRequest {
  public typealias Response = DeleteRecordsResponse
  public static var apiKey: ApiKey { .deleteRecords }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var topics: [DeleteRecordsTopic] = []
  public var timeoutMs: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
    try c.int32("TimeoutMs", &timeoutMs)
  }

  public struct DeleteRecordsTopic: Structure {
    public var name: String = ""
    public var partitions: [DeleteRecordsPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct DeleteRecordsPartition: Structure {
    public var partitionIndex: Int32 = 0
    public var offset: Int64 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("Offset", &offset)
    }
  }
}
