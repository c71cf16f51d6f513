import Primitives

/// The response to `ShareFetchRequest`.
public struct ShareFetchResponse: ApiMessage {
  public static var apiKey: ApiKey { .shareFetch }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var errorMessage: String?
  public var acquisitionLockTimeoutMs: Int32 = 0
  public var responses: [ShareFetchableTopicResponse] = []
  /// Addresses of the leaders named above, which saves the client a metadata request (KIP-951).
  public var nodeEndpoints: [NodeEndpoint] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.int32("AcquisitionLockTimeoutMs", &acquisitionLockTimeoutMs)
    try c.array("Responses", &responses)
    try c.array("NodeEndpoints", &nodeEndpoints)
  }

  public struct ShareFetchableTopicResponse: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [PartitionData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionData: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?
    public var acknowledgeErrorCode: ErrorCode = .none
    public var acknowledgeErrorMessage: String?
    /// The current leader as far as the sender knows, if the error says that it is another node.
    public var currentLeader = LeaderIdAndEpoch()
    public var records: Bytes?
    public var acquiredRecords: [AcquiredRecords] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.errorCode("AcknowledgeErrorCode", &acknowledgeErrorCode)
      try c.nullableString("AcknowledgeErrorMessage", &acknowledgeErrorMessage)
      try c.structure("CurrentLeader", &currentLeader)
      try c.records("Records", &records, nullable: .none)
      try c.array("AcquiredRecords", &acquiredRecords)
    }
  }

  public struct LeaderIdAndEpoch: Structure {
    public var leaderId: Int32 = 0
    public var leaderEpoch: Int32 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
    }
  }

  public struct AcquiredRecords: Structure {
    public var firstOffset: Int64 = 0
    public var lastOffset: Int64 = 0
    public var deliveryCount: Int16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("FirstOffset", &firstOffset)
      try c.int64("LastOffset", &lastOffset)
      try c.int16("DeliveryCount", &deliveryCount)
    }
  }

  public struct NodeEndpoint: Structure {
    public var nodeId: Int32 = 0
    public var host: String = ""
    public var port: Int32 = 0
    public var rack: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("NodeId", &nodeId)
      try c.string("Host", &host)
      try c.int32("Port", &port)
      try c.nullableString("Rack", &rack)
    }
  }
}
