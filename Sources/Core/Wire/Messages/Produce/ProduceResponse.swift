import Primitives

/// The response to `ProduceRequest`.
public struct ProduceResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .produce }
  public static var validVersions: ClosedRange<Int16> { 3...13 }
  public static var flexibleVersions: VersionRange { 9... }

  public var responses: [TopicProduceResponse] = []
  public var throttleTimeMs: Int32 = 0
  /// Addresses of the leaders named above, which saves the client a metadata request (KIP-951).
  public var nodeEndpoints: [NodeEndpoint] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Responses", &responses)
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.tagged(0, "NodeEndpoints", &nodeEndpoints, 10...)
  }

  public struct TopicProduceResponse: Structure {
    public var name: String = ""
    public var topicId: Uuid = .zero
    public var partitionResponses: [PartitionProduceResponse] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name, 0...12, ignorable: true)
      try c.uuid("TopicId", &topicId, 13..., ignorable: true)
      try c.array("PartitionResponses", &partitionResponses)
    }
  }

  public struct PartitionProduceResponse: Structure {
    public var index: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var baseOffset: Int64 = 0
    /// -1 if the topic keeps the producer's timestamps.
    public var logAppendTimeMs: Int64 = -1
    public var logStartOffset: Int64 = -1
    public var recordErrors: [BatchIndexAndErrorMessage] = []
    public var errorMessage: String?
    /// The current leader as far as the sender knows, if the error says that it is another node.
    public var currentLeader = LeaderIdAndEpoch()

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Index", &index)
      try c.errorCode("ErrorCode", &errorCode)
      try c.int64("BaseOffset", &baseOffset)
      try c.int64("LogAppendTimeMs", &logAppendTimeMs)
      try c.int64("LogStartOffset", &logStartOffset, 5..., ignorable: true)
      try c.array("RecordErrors", &recordErrors, 8..., ignorable: true)
      try c.nullableString("ErrorMessage", &errorMessage, 8..., ignorable: true)
      try c.tagged(0, "CurrentLeader", &currentLeader, 10...)
    }
  }

  public struct BatchIndexAndErrorMessage: Structure {
    public var batchIndex: Int32 = 0
    public var batchIndexErrorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("BatchIndex", &batchIndex)
      try c.nullableString("BatchIndexErrorMessage", &batchIndexErrorMessage)
    }
  }

  public struct LeaderIdAndEpoch: Structure {
    public var leaderId: Int32 = -1
    public var leaderEpoch: Int32 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("LeaderId", &leaderId)
      try c.int32("LeaderEpoch", &leaderEpoch)
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
