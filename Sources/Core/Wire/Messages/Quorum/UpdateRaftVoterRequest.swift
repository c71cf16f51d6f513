import Primitives

/// Announces the endpoints and versions of a voter of the metadata quorum (KIP-853).
public struct UpdateRaftVoterRequest: ApiRequest {
  public typealias Response = UpdateRaftVoterResponse
  public static var apiKey: ApiKey { .updateRaftVoter }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var clusterId: String? = ""
  /// The leader's epoch as far as the sender knows, checked by the receiver (KIP-320); -1 is not checked.
  public var currentLeaderEpoch: Int32 = 0
  public var voterId: Int32 = 0
  public var voterDirectoryId: Uuid = .zero
  public var listeners: [Listener] = []
  public var kRaftVersionFeature = KRaftVersionFeature()

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("ClusterId", &clusterId)
    try c.int32("CurrentLeaderEpoch", &currentLeaderEpoch)
    try c.int32("VoterId", &voterId)
    try c.uuid("VoterDirectoryId", &voterDirectoryId)
    try c.array("Listeners", &listeners)
    try c.structure("KRaftVersionFeature", &kRaftVersionFeature)
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
