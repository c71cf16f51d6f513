/// Lists the groups that a broker coordinates.
public struct ListGroupsRequest: ApiRequest {
  public typealias Response = ListGroupsResponse
  public static var apiKey: ApiKey { .listGroups }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var statesFilter: [String] = []
  public var typesFilter: [String] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("StatesFilter", &statesFilter, 4...)
    try c.array("TypesFilter", &typesFilter, 5...)
  }
}
