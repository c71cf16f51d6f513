/// Lists the nodes of the cluster (KIP-700).
public struct DescribeClusterRequest: ApiRequest {
  public typealias Response = DescribeClusterResponse
  public static var apiKey: ApiKey { .describeCluster }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var includeClusterAuthorizedOperations: Bool = false
  /// 1 brokers, 2 controllers.
  public var endpointType: Int8 = 1
  public var includeFencedBrokers: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.bool("IncludeClusterAuthorizedOperations", &includeClusterAuthorizedOperations)
    try c.int8("EndpointType", &endpointType, 1..., default: 1)
    try c.bool("IncludeFencedBrokers", &includeFencedBrokers, 2...)
  }
}
