import Primitives

/// A controller registered (KIP-919).
public struct RegisterControllerRecord: MetadataRecordContent {
  public static var recordType: Int16 { 27 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var controllerId: Int32 = 0
  /// A new id at every start of the process.
  public var incarnationId: Uuid = .zero
  public var zkMigrationReady: Bool = false
  public var endPoints: [ControllerEndpoint] = []
  public var features: [ControllerFeature] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ControllerId", &controllerId)
    try c.uuid("IncarnationId", &incarnationId)
    try c.bool("ZkMigrationReady", &zkMigrationReady)
    try c.array("EndPoints", &endPoints)
    try c.array("Features", &features)
  }

  public struct ControllerEndpoint: Structure {
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

  public struct ControllerFeature: Structure {
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
