import Primitives

/// Registers a broker with the controller and gives it a broker epoch (KIP-631).
public struct BrokerRegistrationRequest: ApiRequest {
  public typealias Response = BrokerRegistrationResponse
  public static var apiKey: ApiKey { .brokerRegistration }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { .all }

  public var brokerId: Int32 = 0
  public var clusterId: String = ""
  /// A new id at every start of the process.
  public var incarnationId: Uuid = .zero
  public var listeners: [Listener] = []
  public var features: [Feature] = []
  public var rack: String? = ""
  public var isMigratingZkBroker: Bool = false
  public var logDirs: [Uuid] = []
  /// The epoch at the last clean shutdown, which lets the broker keep its place among eligible leaders; -1 after an unclean one
  /// (KIP-966).
  public var previousBrokerEpoch: Int64 = -1

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("BrokerId", &brokerId)
    try c.string("ClusterId", &clusterId)
    try c.uuid("IncarnationId", &incarnationId)
    try c.array("Listeners", &listeners)
    try c.array("Features", &features)
    try c.nullableString("Rack", &rack)
    try c.bool("IsMigratingZkBroker", &isMigratingZkBroker, 1...)
    try c.array("LogDirs", &logDirs, 2..., ignorable: true)
    try c.int64("PreviousBrokerEpoch", &previousBrokerEpoch, 3..., ignorable: true)
  }

  public struct Listener: Structure {
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

  public struct Feature: Structure {
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
