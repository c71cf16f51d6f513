/// The response to `DescribeLogDirsRequest`.
public struct DescribeLogDirsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeLogDirs }
  public static var validVersions: ClosedRange<Int16> { 1...5 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var results: [DescribeLogDirsResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode, 3..., ignorable: true)
    try c.array("Results", &results)
  }

  public struct DescribeLogDirsResult: Structure {
    public var errorCode: ErrorCode = .none
    public var logDir: String = ""
    public var topics: [DescribeLogDirsTopic] = []
    public var totalBytes: Int64 = -1
    public var usableBytes: Int64 = -1
    public var isCordoned: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.string("LogDir", &logDir)
      try c.array("Topics", &topics)
      try c.int64("TotalBytes", &totalBytes, 4..., ignorable: true)
      try c.int64("UsableBytes", &usableBytes, 4..., ignorable: true)
      try c.bool("IsCordoned", &isCordoned, 5..., ignorable: true)
    }
  }

  public struct DescribeLogDirsTopic: Structure {
    public var name: String = ""
    public var partitions: [DescribeLogDirsPartition] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct DescribeLogDirsPartition: Structure {
    public var partitionIndex: Int32 = 0
    public var partitionSize: Int64 = 0
    public var offsetLag: Int64 = 0
    public var isFutureKey: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.int64("PartitionSize", &partitionSize)
      try c.int64("OffsetLag", &offsetLag)
      try c.bool("IsFutureKey", &isFutureKey)
    }
  }
}
