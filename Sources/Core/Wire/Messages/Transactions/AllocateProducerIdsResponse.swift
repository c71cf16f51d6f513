/// The response to `AllocateProducerIdsRequest`.
public struct AllocateProducerIdsResponse: ApiMessage {
  public static var apiKey: ApiKey { .allocateProducerIds }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var producerIdStart: Int64 = 0
  public var producerIdLen: Int32 = 0

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
    try c.int64("ProducerIdStart", &producerIdStart)
    try c.int32("ProducerIdLen", &producerIdLen)
  }
}
