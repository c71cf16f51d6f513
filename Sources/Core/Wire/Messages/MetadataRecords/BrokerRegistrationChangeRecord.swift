import Primitives

/// Something about a registered broker changed. A field at its default did not change.
public struct BrokerRegistrationChangeRecord: MetadataRecordContent {
  public static var recordType: Int16 { 17 }
  public static var validVersions: ClosedRange<Int16> { 0...3 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var brokerEpoch: Int64 = 0
  /// -1 unfenced, 0 no change, 1 fenced.
  public var fenced: Int8 = 0
  /// 0 no change, 1 in controlled shutdown.
  public var inControlledShutdown: Int8 = 0
  public var logDirs: [Uuid] = []
  /// Log directories that take no new replicas; null if unspecified (KIP-1066).
  public var cordonedLogDirs: [Uuid]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.int64("BrokerEpoch", &brokerEpoch)
    try c.tagged(0, "Fenced", &fenced)
    try c.tagged(1, "InControlledShutdown", &inControlledShutdown, 1...)
    try c.tagged(2, "LogDirs", &logDirs, 2...)
    try c.tagged(3, "CordonedLogDirs", &cordonedLogDirs, 3...)
  }
}
