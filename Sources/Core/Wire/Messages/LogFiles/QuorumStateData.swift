import Primitives

/// The content of the `quorum-state` file: what a quorum replica must remember across a restart. The file holds it as JSON.
public struct QuorumStateData: Message {
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var clusterId: String = ""
  public var leaderId: Int32 = -1
  public var leaderEpoch: Int32 = -1
  public var votedId: Int32 = -1
  public var votedDirectoryId: Uuid = .zero
  public var appliedOffset: Int64 = 0
  public var currentVoters: [Voter]? = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("ClusterId", &clusterId, 0)
    try c.int32("LeaderId", &leaderId)
    try c.int32("LeaderEpoch", &leaderEpoch)
    try c.int32("VotedId", &votedId)
    try c.uuid("VotedDirectoryId", &votedDirectoryId, 1...)
    try c.int64("AppliedOffset", &appliedOffset, 0)
    try c.nullableArray("CurrentVoters", &currentVoters, 0, emptyByDefault: true)
  }

  public struct Voter: Structure {
    public var voterId: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("VoterId", &voterId)
    }
  }
}
