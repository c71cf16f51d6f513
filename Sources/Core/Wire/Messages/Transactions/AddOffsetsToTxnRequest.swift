/// Adds the offsets of a consumer group to a transaction, before they are committed in it.
public struct AddOffsetsToTxnRequest: ApiRequest {
  public typealias Response = AddOffsetsToTxnResponse
  public static var apiKey: ApiKey { .addOffsetsToTxn }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 3... }

  public var transactionalId: String = ""
  public var producerId: Int64 = 0
  public var producerEpoch: Int16 = 0
  public var groupId: String = ""

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("TransactionalId", &transactionalId)
    try c.int64("ProducerId", &producerId)
    try c.int16("ProducerEpoch", &producerEpoch)
    try c.string("GroupId", &groupId)
  }
}
