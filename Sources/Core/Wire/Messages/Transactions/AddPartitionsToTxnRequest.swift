/// Adds partitions to a transaction. From version 4 on, a partition leader can also verify that they are part of one, for several producers
/// at once (KIP-890).
public struct AddPartitionsToTxnRequest: ApiRequest, FrequentMessage {
  public typealias Response = AddPartitionsToTxnResponse
  public static var apiKey: ApiKey { .addPartitionsToTxn }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var transactions: [AddPartitionsToTxnTransaction] = []
  public var v3AndBelowTransactionalId: String = ""
  public var v3AndBelowProducerId: Int64 = 0
  public var v3AndBelowProducerEpoch: Int16 = 0
  public var v3AndBelowTopics: [AddPartitionsToTxnTopic] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Transactions", &transactions, 4...)
    try c.string("V3AndBelowTransactionalId", &v3AndBelowTransactionalId, 0...3)
    try c.int64("V3AndBelowProducerId", &v3AndBelowProducerId, 0...3)
    try c.int16("V3AndBelowProducerEpoch", &v3AndBelowProducerEpoch, 0...3)
    try c.array("V3AndBelowTopics", &v3AndBelowTopics, 0...3)
  }

  public struct AddPartitionsToTxnTransaction: Structure {
    public var transactionalId: String = ""
    public var producerId: Int64 = 0
    public var producerEpoch: Int16 = 0
    /// Only asks whether the partitions are part of the transaction, without adding any.
    public var verifyOnly: Bool = false
    public var topics: [AddPartitionsToTxnTopic] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("TransactionalId", &transactionalId)
      try c.int64("ProducerId", &producerId)
      try c.int16("ProducerEpoch", &producerEpoch)
      try c.bool("VerifyOnly", &verifyOnly)
      try c.array("Topics", &topics)
    }
  }

  public struct AddPartitionsToTxnTopic: Structure {
    public var name: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }
}
