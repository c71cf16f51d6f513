/// What a regular expression of a consumer group (KIP-848) resolved to.
public struct ConsumerGroupRegularExpressionValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 16 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var topics: [String] = []
  public var version: Int64 = 0
  public var timestamp: Int64 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Topics", &topics)
    try c.int64("Version", &version)
    try c.int64("Timestamp", &timestamp)
  }
}
