/// The response to `UpdateRaftVoterRequest`.
public struct UpdateRaftVoterResponse: ApiMessage {
  public static var apiKey: ApiKey { .updateRaftVoter }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  /// The current leader as far as the sender knows, if the error says that it is another node.
  public var currentLeader = CurrentLeader()

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.tagged(0, "CurrentLeader", &currentLeader)
  }

  public struct CurrentLeader: Structure {
    public var leaderId: Int32 = -1
    public var leaderEpoch: Int32 = -1
    public var host: String = ""
    public var port: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
      try c.string("Host", &host)
      try c.int32("Port", &port)
    }
  }
}
