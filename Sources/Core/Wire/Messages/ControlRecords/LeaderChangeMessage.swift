import Primitives

/// The value of the control record with which a new quorum leader starts its epoch.
public struct LeaderChangeMessage: Message {
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var version: Int16 = 0
  public var leaderId: Int32 = 0
  public var voters: [Voter] = []
  public var grantingVoters: [Voter] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int16("Version", &version)
    try c.int32("LeaderId", &leaderId)
    try c.array("Voters", &voters)
    try c.array("GrantingVoters", &grantingVoters)
  }

  public struct Voter: Structure {
    public var voterId: Int32 = 0
    public var voterDirectoryId: Uuid = .zero

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("VoterId", &voterId)
      try c.uuid("VoterDirectoryId", &voterDirectoryId, 1...)
    }
  }
}
