/// The response to `InitProducerIdRequest`.
public struct InitProducerIdResponse: ApiMessage {
  public static var apiKey: ApiKey { .initProducerId }
  public static var validVersions: ClosedRange<Int16> { 0...6 }
  public static var flexibleVersions: VersionRange { 2... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var producerId: Int64 = -1
  public var producerEpoch: Int16 = 0
  public var ongoingTxnProducerId: Int64 = -1
  public var ongoingTxnProducerEpoch: Int16 = -1

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.int64("ProducerId", &producerId)
    try c.int16("ProducerEpoch", &producerEpoch)
    try c.int64("OngoingTxnProducerId", &ongoingTxnProducerId, 6..., default: -1)
    try c.int16("OngoingTxnProducerEpoch", &ongoingTxnProducerEpoch, 6..., default: -1)
  }
}
