/// The response to `DescribeClusterRequest`.
public struct DescribeClusterResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeCluster }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String?
  /// 1 brokers, 2 controllers.
  public var endpointType: Int8 = 1
  public var clusterId: String = ""
  public var controllerId: Int32 = -1
  public var brokers: [DescribeClusterBroker] = []
  /// Bit n stands for operation n; the smallest integer means that the client did not ask.
  public var clusterAuthorizedOperations: Int32 = .min

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.int8("EndpointType", &endpointType, 1..., default: 1)
    try c.string("ClusterId", &clusterId)
    try c.int32("ControllerId", &controllerId)
    try c.array("Brokers", &brokers)
    try c.int32("ClusterAuthorizedOperations", &clusterAuthorizedOperations)
  }

  public struct DescribeClusterBroker: Structure {
    public var brokerId: Int32 = 0
    public var host: String = ""
    public var port: Int32 = 0
    public var rack: String?
    public var isFenced: Bool = false

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("BrokerId", &brokerId)
      try c.string("Host", &host)
      try c.int32("Port", &port)
      try c.nullableString("Rack", &rack)
      try c.bool("IsFenced", &isFenced, 2...)
    }
  }
}
