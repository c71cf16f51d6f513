/// The state of a transactional id in `__transaction_state`.
public struct TransactionLogValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 0 }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { 1... }

  public var producerId: Int64 = 0
  public var previousProducerId: Int64 = -1
  public var nextProducerId: Int64 = -1
  public var producerEpoch: Int16 = 0
  public var nextProducerEpoch: Int16 = -1
  /// The coordinator aborts a transaction that is open for longer than this.
  public var transactionTimeoutMs: Int32 = 0
  /// 0 empty, 1 ongoing, 2 prepare commit, 3 prepare abort, 4 complete commit, 5 complete abort, 6 dead, 7 prepare epoch fence.
  public var transactionStatus: Int8 = 0
  /// Null if there is no transaction.
  public var transactionPartitions: [PartitionsSchema]? = []
  public var transactionLastUpdateTimestampMs: Int64 = 0
  public var transactionStartTimestampMs: Int64 = 0
  /// The transaction version of the client that last wrote (KIP-890).
  public var clientTransactionVersion: Int16 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int64("ProducerId", &producerId)
    try c.int16("ProducerEpoch", &producerEpoch)
    try c.int32("TransactionTimeoutMs", &transactionTimeoutMs)
    try c.int8("TransactionStatus", &transactionStatus)
    try c.nullableArray("TransactionPartitions", &transactionPartitions)
    try c.int64("TransactionLastUpdateTimestampMs", &transactionLastUpdateTimestampMs)
    try c.int64("TransactionStartTimestampMs", &transactionStartTimestampMs)
    try c.tagged(0, "PreviousProducerId", &previousProducerId, 1..., default: -1)
    try c.tagged(1, "NextProducerId", &nextProducerId, 1..., default: -1)
    try c.tagged(2, "ClientTransactionVersion", &clientTransactionVersion, 1...)
    try c.tagged(3, "NextProducerEpoch", &nextProducerEpoch, 1..., default: -1)
  }

  public struct PartitionsSchema: Structure {
    public var topic: String = ""
    public var partitionIds: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("PartitionIds", &partitionIds)
    }
  }
}
