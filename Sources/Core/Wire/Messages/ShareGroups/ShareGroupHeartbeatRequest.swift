/// Joins, keeps alive and leaves a share group (KIP-932).
public struct ShareGroupHeartbeatRequest: ApiRequest {
  public typealias Response = ShareGroupHeartbeatResponse
  public static var apiKey: ApiKey { .shareGroupHeartbeat }
  public static var validVersions: ClosedRange<Int16> { 1...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupId: String = ""
  public var memberId: String = ""
  /// 0 joins, -1 leaves; otherwise the epoch that the member is in.
  public var memberEpoch: Int32 = 0
  public var rackId: String?
  public var subscribedTopicNames: [String]?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.string("MemberId", &memberId)
    try c.int32("MemberEpoch", &memberEpoch)
    try c.nullableString("RackId", &rackId)
    try c.nullableArray("SubscribedTopicNames", &subscribedTopicNames)
  }
}
