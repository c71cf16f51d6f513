/// Describes groups of the protocol of KIP-848.
public struct ConsumerGroupDescribeRequest: ApiRequest {
  public typealias Response = ConsumerGroupDescribeResponse
  public static var apiKey: ApiKey { .consumerGroupDescribe }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupIds: [String] = []
  public var includeAuthorizedOperations: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("GroupIds", &groupIds)
    try c.bool("IncludeAuthorizedOperations", &includeAuthorizedOperations)
  }
}
