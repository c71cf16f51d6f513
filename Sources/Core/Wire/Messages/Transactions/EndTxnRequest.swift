/// Commits or aborts a transaction.
public struct EndTxnRequest: ApiRequest, FrequentMessage {
  public typealias Response = EndTxnResponse
  public static var apiKey: ApiKey { .endTxn }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var transactionalId: String = ""
  public var producerId: Int64 = 0
  public var producerEpoch: Int16 = 0
  public var committed: Bool = false

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("TransactionalId", &transactionalId)
    try c.int64("ProducerId", &producerId)
    try c.int16("ProducerEpoch", &producerEpoch)
    try c.bool("Committed", &committed)
  }
}
