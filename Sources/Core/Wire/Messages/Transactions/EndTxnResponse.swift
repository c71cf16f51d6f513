/// The response to `EndTxnRequest`.
public struct EndTxnResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .endTxn }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 3... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var producerId: Int64 = -1
  public var producerEpoch: Int16 = -1

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.int64("ProducerId", &producerId, 5..., ignorable: true)
    try c.int16("ProducerEpoch", &producerEpoch, 5..., ignorable: true)
  }
}
