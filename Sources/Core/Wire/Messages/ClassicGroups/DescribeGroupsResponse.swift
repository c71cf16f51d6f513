import Primitives

/// The response to `DescribeGroupsRequest`.
public struct DescribeGroupsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeGroups }
  public static var validVersions: ClosedRange<Int16> { 0...6 }
  public static var flexibleVersions: VersionRange { 5... }

  public var throttleTimeMs: Int32 = 0
  public var groups: [DescribedGroup] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
    try c.array("Groups", &groups)
  }

  public struct DescribedGroup: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?
    public var groupId: String = ""
    public var groupState: String = ""
    public var protocolType: String = ""
    public var protocolData: String = ""
    public var members: [DescribedGroupMember] = []
    /// Bit n stands for operation n; the smallest integer means that the client did not ask.
    public var authorizedOperations: Int32 = .min

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage, 6...)
      try c.string("GroupId", &groupId)
      try c.string("GroupState", &groupState)
      try c.string("ProtocolType", &protocolType)
      try c.string("ProtocolData", &protocolData)
      try c.array("Members", &members)
      try c.int32("AuthorizedOperations", &authorizedOperations, 3..., default: .min)
    }
  }

  public struct DescribedGroupMember: Structure {
    public var memberId: String = ""
    /// Set for a static member (KIP-345).
    public var groupInstanceId: String?
    public var clientId: String = ""
    public var clientHost: String = ""
    public var memberMetadata: Bytes = .empty
    public var memberAssignment: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("MemberId", &memberId)
      try c.nullableString("GroupInstanceId", &groupInstanceId, 4..., ignorable: true)
      try c.string("ClientId", &clientId)
      try c.string("ClientHost", &clientHost)
      try c.bytes("MemberMetadata", &memberMetadata)
      try c.bytes("MemberAssignment", &memberAssignment)
    }
  }
}
