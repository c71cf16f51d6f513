/// Deletes groups that have no members.
public struct DeleteGroupsRequest: ApiRequest {
  public typealias Response = DeleteGroupsResponse
  public static var apiKey: ApiKey { .deleteGroups }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var groupsNames: [String] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("GroupsNames", &groupsNames)
  }
}
