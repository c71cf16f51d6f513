/// Removes members from a classic group.
public struct LeaveGroupRequest: ApiRequest {
  public typealias Response = LeaveGroupResponse
  public static var apiKey: ApiKey { .leaveGroup }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 4... }

  public var groupId: String = ""
  public var memberId: String = ""
  public var members: [MemberIdentity] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.string("MemberId", &memberId, 0...2)
    try c.array("Members", &members, 3...)
  }

  public struct MemberIdentity: Structure {
    public var memberId: String = ""
    /// Set for a static member (KIP-345).
    public var groupInstanceId: String?
    public var reason: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("MemberId", &memberId)
      try c.nullableString("GroupInstanceId", &groupInstanceId)
      try c.nullableString("Reason", &reason, 5..., ignorable: true)
    }
  }
}
