/// Describes share groups (KIP-932).
public struct ShareGroupDescribeRequest: ApiRequest {
  public typealias Response = ShareGroupDescribeResponse
  public static var apiKey: ApiKey { .shareGroupDescribe }
  public static var validVersions: ClosedRange<Int16> { 1...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupIds: [String] = []
  public var includeAuthorizedOperations: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("GroupIds", &groupIds)
    try c.bool("IncludeAuthorizedOperations", &includeAuthorizedOperations)
  }
}
