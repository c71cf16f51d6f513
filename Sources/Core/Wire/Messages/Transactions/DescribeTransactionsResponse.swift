/// The response to `DescribeTransactionsRequest`.
public struct DescribeTransactionsResponse: ApiMessage {
  public static var apiKey: ApiKey { .describeTransactions }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var transactionStates: [TransactionState] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("TransactionStates", &transactionStates)
  }

  public struct TransactionState: Structure {
    public var errorCode: ErrorCode = .none
    public var transactionalId: String = ""
    public var transactionState: String = ""
    /// The coordinator aborts a transaction that is open for longer than this.
    public var transactionTimeoutMs: Int32 = 0
    public var transactionStartTimeMs: Int64 = 0
    public var producerId: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var topics: [TopicData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.string("TransactionalId", &transactionalId)
      try c.string("TransactionState", &transactionState)
      try c.int32("TransactionTimeoutMs", &transactionTimeoutMs)
      try c.int64("TransactionStartTimeMs", &transactionStartTimeMs)
      try c.int64("ProducerId", &producerId)
      try c.int16("ProducerEpoch", &producerEpoch)
      try c.array("Topics", &topics)
    }
  }

  public struct TopicData: Structure {
    public var topic: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
    }
  }
}
