/// Gets a producer id and epoch; for a transactional id it also fences the previous producer.
public struct InitProducerIdRequest: ApiRequest {
  public typealias Response = InitProducerIdResponse
  public static var apiKey: ApiKey { .initProducerId }
  public static var validVersions: ClosedRange<Int16> { 0...6 }
  public static var flexibleVersions: VersionRange { 2... }

  public var transactionalId: String? = ""
  /// The coordinator aborts a transaction that is open for longer than this.
  public var transactionTimeoutMs: Int32 = 0
  public var producerId: Int64 = -1
  public var producerEpoch: Int16 = -1
  public var enable2Pc: Bool = false
  public var keepPreparedTxn: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("TransactionalId", &transactionalId)
    try c.int32("TransactionTimeoutMs", &transactionTimeoutMs)
    try c.int64("ProducerId", &producerId, 3..., default: -1)
    try c.int16("ProducerEpoch", &producerEpoch, 3..., default: -1)
    try c.bool("Enable2Pc", &enable2Pc, 6...)
    try c.bool("KeepPreparedTxn", &keepPreparedTxn, 6...)
  }
}
