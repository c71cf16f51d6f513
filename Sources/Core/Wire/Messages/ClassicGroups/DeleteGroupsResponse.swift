/// The response to `DeleteGroupsRequest`.
public struct DeleteGroupsResponse: ApiMessage {
  public static var apiKey: ApiKey { .deleteGroups }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var results: [DeletableGroupResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Results", &results)
  }

  public struct DeletableGroupResult: Structure {
    public var groupId: String = ""
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("GroupId", &groupId)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
