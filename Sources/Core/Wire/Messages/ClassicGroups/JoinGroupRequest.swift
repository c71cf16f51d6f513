import Primitives

/// Joins a classic group; the response comes when the rebalance has gathered its members.
public struct JoinGroupRequest: ApiRequest {
  public typealias Response = JoinGroupResponse
  public static var apiKey: ApiKey { .joinGroup }
  public static var validVersions: ClosedRange<Int16> { 0...9 }
  public static var flexibleVersions: VersionRange { 6... }

  public var groupId: String = ""
  public var sessionTimeoutMs: Int32 = 0
  public var rebalanceTimeoutMs: Int32 = -1
  public var memberId: String = ""
  /// Set for a static member (KIP-345).
  public var groupInstanceId: String?
  public var protocolType: String = ""
  public var protocols: [JoinGroupRequestProtocol] = []
  public var reason: String?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.int32("SessionTimeoutMs", &sessionTimeoutMs)
    try c.int32("RebalanceTimeoutMs", &rebalanceTimeoutMs, 1..., ignorable: true)
    try c.string("MemberId", &memberId)
    try c.nullableString("GroupInstanceId", &groupInstanceId, 5...)
    try c.string("ProtocolType", &protocolType)
    try c.array("Protocols", &protocols)
    try c.nullableString("Reason", &reason, 8..., ignorable: true)
  }

  public struct JoinGroupRequestProtocol: Structure {
    public var name: String = ""
    public var metadata: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.bytes("Metadata", &metadata)
    }
  }
}
