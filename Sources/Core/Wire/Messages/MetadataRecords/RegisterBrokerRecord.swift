import Primitives

/// A broker registered. The offset of this record is its broker epoch.
public struct RegisterBrokerRecord: MetadataRecordContent {
  public static var recordType: Int16 { 0 }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var isMigratingZkBroker: Bool = false
  /// A new id at every start of the process.
  public var incarnationId: Uuid = .zero
  public var brokerEpoch: Int64 = 0
  public var endPoints: [BrokerEndpoint] = []
  public var features: [BrokerFeature] = []
  public var rack: String? = ""
  public var fenced: Bool = true
  public var inControlledShutdown: Bool = false
  public var logDirs: [Uuid] = []
  /// Log directories that take no new replicas; null if unspecified (KIP-1066).
  public var cordonedLogDirs: [Uuid]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.bool("IsMigratingZkBroker", &isMigratingZkBroker, 2...)
    try c.uuid("IncarnationId", &incarnationId)
    try c.int64("BrokerEpoch", &brokerEpoch)
    try c.array("EndPoints", &endPoints)
    try c.array("Features", &features)
    try c.nullableString("Rack", &rack)
    try c.bool("Fenced", &fenced)
    try c.bool("InControlledShutdown", &inControlledShutdown, 1...)
    try c.tagged(0, "LogDirs", &logDirs, 3...)
    try c.tagged(1, "CordonedLogDirs", &cordonedLogDirs, 4...)
  }

  public struct BrokerEndpoint: Structure {
    public var name: String = ""
    public var host: String = ""
    public var port: UInt16 = 0
    public var securityProtocol: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.string("Host", &host)
      try c.uint16("Port", &port)
      try c.int16("SecurityProtocol", &securityProtocol)
    }
  }

  public struct BrokerFeature: Structure {
    public var name: String = ""
    public var minSupportedVersion: Int16 = 0
    public var maxSupportedVersion: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.int16("MinSupportedVersion", &minSupportedVersion)
      try c.int16("MaxSupportedVersion", &maxSupportedVersion)
    }
  }
}
