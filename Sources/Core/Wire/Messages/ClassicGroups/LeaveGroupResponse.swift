/// The response to `LeaveGroupRequest`.
public struct LeaveGroupResponse: ApiMessage {
  public static var apiKey: ApiKey { .leaveGroup }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 4... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var members: [MemberResponse] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("Members", &members, 3...)
  }

  public struct MemberResponse: Structure {
    public var memberId: String = ""
    /// Set for a static member (KIP-345).
    public var groupInstanceId: String? = ""
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("MemberId", &memberId)
      try c.nullableString("GroupInstanceId", &groupInstanceId)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
