import Primitives

/// Adds a controller to the voters of the metadata quorum (KIP-853).
public struct AddRaftVoterRequest: ApiRequest {
  public typealias Response = AddRaftVoterResponse
  public static var apiKey: ApiKey { .addRaftVoter }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var clusterId: String? = ""
  public var timeoutMs: Int32 = 0
  public var voterId: Int32 = 0
  public var voterDirectoryId: Uuid = .zero
  public var listeners: [Listener] = []
  public var ackWhenCommitted: Bool = true

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("ClusterId", &clusterId)
    try c.int32("TimeoutMs", &timeoutMs)
    try c.int32("VoterId", &voterId)
    try c.uuid("VoterDirectoryId", &voterDirectoryId)
    try c.array("Listeners", &listeners)
    try c.bool("AckWhenCommitted", &ackWhenCommitted, 1..., default: true)
  }

  public struct Listener: Structure {
    public var name: String = ""
    public var host: String = ""
    public var port: UInt16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.string("Host", &host)
      try c.uint16("Port", &port)
    }
  }
}
