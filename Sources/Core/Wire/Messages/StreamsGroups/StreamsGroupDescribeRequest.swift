/// Describes Kafka Streams groups (KIP-1071).
public struct StreamsGroupDescribeRequest: ApiRequest {
  public typealias Response = StreamsGroupDescribeResponse
  public static var apiKey: ApiKey { .streamsGroupDescribe }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var groupIds: [String] = []
  public var includeAuthorizedOperations: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("GroupIds", &groupIds)
    try c.bool("IncludeAuthorizedOperations", &includeAuthorizedOperations)
  }
}
