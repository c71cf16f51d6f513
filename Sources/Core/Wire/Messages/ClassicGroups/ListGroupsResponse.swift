/// The response to `ListGroupsRequest`.
public struct ListGroupsResponse: ApiMessage {
  public static var apiKey: ApiKey { .listGroups }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var groups: [ListedGroup] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
    try c.errorCode("ErrorCode", &errorCode)
    try c.array("Groups", &groups)
  }

  public struct ListedGroup: Structure {
    public var groupId: String = ""
    public var protocolType: String = ""
    public var groupState: String = ""
    public var groupType: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("GroupId", &groupId)
      try c.string("ProtocolType", &protocolType)
      try c.string("GroupState", &groupState, 4..., ignorable: true)
      try c.string("GroupType", &groupType, 5..., ignorable: true)
    }
  }
}
