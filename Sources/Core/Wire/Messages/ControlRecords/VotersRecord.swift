import Primitives

/// The value of a control record of the metadata log: the voters of the quorum (KIP-853).
public struct VotersRecord: Message {
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var version: Int16 = 0
  public var voters: [Voter] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int16("Version", &version)
    try c.array("Voters", &voters)
  }

  public struct Voter: Structure {
    public var voterId: Int32 = 0
    public var voterDirectoryId: Uuid = .zero
    public var endpoints: [Endpoint] = []
    public var kRaftVersionFeature = KRaftVersionFeature()

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("VoterId", &voterId)
      try c.uuid("VoterDirectoryId", &voterDirectoryId)
      try c.array("Endpoints", &endpoints)
      try c.structure("KRaftVersionFeature", &kRaftVersionFeature)
    }
  }

  public struct Endpoint: Structure {
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

  public struct KRaftVersionFeature: Structure {
    public var minSupportedVersion: Int16 = 0
    public var maxSupportedVersion: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int16("MinSupportedVersion", &minSupportedVersion)
      try c.int16("MaxSupportedVersion", &maxSupportedVersion)
    }
  }
}
