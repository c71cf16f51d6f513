import Primitives

/// Registers a controller with the active controller (KIP-919).
public struct ControllerRegistrationRequest: ApiRequest {
  public typealias Response = ControllerRegistrationResponse
  public static var apiKey: ApiKey { .controllerRegistration }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var controllerId: Int32 = 0
  /// A new id at every start of the process.
  public var incarnationId: Uuid = .zero
  public var zkMigrationReady: Bool = false
  public var listeners: [Listener] = []
  public var features: [Feature] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ControllerId", &controllerId)
    try c.uuid("IncarnationId", &incarnationId)
    try c.bool("ZkMigrationReady", &zkMigrationReady)
    try c.array("Listeners", &listeners)
    try c.array("Features", &features)
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
