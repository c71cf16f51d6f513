/// The response to `ElectLeadersRequest`.
public struct ElectLeadersResponse: ApiMessage {
  public static var apiKey: ApiKey { .electLeaders }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var replicaElectionResults: [ReplicaElectionResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode, 1...)
    try c.array("ReplicaElectionResults", &replicaElectionResults)
  }

  public struct ReplicaElectionResult: Structure {
    public var topic: String = ""
    public var partitionResult: [PartitionResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("PartitionResult", &partitionResult)
    }
  }

  public struct PartitionResult: Structure {
    public var partitionId: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionId", &partitionId)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
