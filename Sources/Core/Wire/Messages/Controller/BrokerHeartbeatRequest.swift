import Primitives

/// Keeps a broker's registration alive and asks for fencing, unfencing or shutdown (KIP-631).
public struct BrokerHeartbeatRequest: ApiRequest, FrequentMessage {
  public typealias Response = BrokerHeartbeatResponse
  public static var apiKey: ApiKey { .brokerHeartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var brokerEpoch: Int64 = -1
  public var currentMetadataOffset: Int64 = 0
  /// Whether the broker wants to stay fenced, as it does until it has caught up.
  public var wantFence: Bool = false
  public var wantShutDown: Bool = false
  public var offlineLogDirs: [Uuid] = []
  /// Log directories that take no new replicas; null if unspecified (KIP-1066).
  public var cordonedLogDirs: [Uuid]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.int64("BrokerEpoch", &brokerEpoch)
    try c.int64("CurrentMetadataOffset", &currentMetadataOffset)
    try c.bool("WantFence", &wantFence)
    try c.bool("WantShutDown", &wantShutDown)
    try c.tagged(0, "OfflineLogDirs", &offlineLogDirs, 1...)
    try c.tagged(1, "CordonedLogDirs", &cordonedLogDirs, 2...)
  }
}
