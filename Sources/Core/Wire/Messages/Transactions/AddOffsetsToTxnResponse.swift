/// The response to `AddOffsetsToTxnRequest`.
public struct AddOffsetsToTxnResponse: ApiMessage {
  public static var apiKey: ApiKey { .addOffsetsToTxn }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 3... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.errorCode("ErrorCode", &errorCode)
  }
}
