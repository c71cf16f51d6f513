/// Describes groups of the classic protocol.
public struct DescribeGroupsRequest: ApiRequest {
  public typealias Response = DescribeGroupsResponse
  public static var apiKey: ApiKey { .describeGroups }
  public static var validVersions: ClosedRange<Int16> { 0...6 }
  public static var flexibleVersions: VersionRange { 5... }

  public var groups: [String] = []
  public var includeAuthorizedOperations: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Groups", &groups)
    try c.bool("IncludeAuthorizedOperations", &includeAuthorizedOperations, 3...)
  }
}
