/// The response to `AddPartitionsToTxnRequest`.
public struct AddPartitionsToTxnResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .addPartitionsToTxn }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var resultsByTransaction: [AddPartitionsToTxnResult] = []
  public var resultsByTopicV3AndBelow: [AddPartitionsToTxnTopicResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode, 4..., ignorable: true)
    try c.array("ResultsByTransaction", &resultsByTransaction, 4...)
    try c.array("ResultsByTopicV3AndBelow", &resultsByTopicV3AndBelow, 0...3)
  }

  public struct AddPartitionsToTxnResult: Structure {
    public var transactionalId: String = ""
    public var topicResults: [AddPartitionsToTxnTopicResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TransactionalId", &transactionalId)
      try c.array("TopicResults", &topicResults)
    }
  }

  public struct AddPartitionsToTxnTopicResult: Structure {
    public var name: String = ""
    public var resultsByPartition: [AddPartitionsToTxnPartitionResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("ResultsByPartition", &resultsByPartition)
    }
  }

  public struct AddPartitionsToTxnPartitionResult: Structure {
    public var partitionIndex: Int32 = 0
    public var partitionErrorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("PartitionErrorCode", &partitionErrorCode)
    }
  }
}
