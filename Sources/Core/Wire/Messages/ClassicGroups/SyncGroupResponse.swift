import Primitives

/// The response to `SyncGroupRequest`.
public struct SyncGroupResponse: ApiMessage {
  public static var apiKey: ApiKey { .syncGroup }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 4... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var protocolType: String?
  public var protocolName: String?
  public var assignment: Bytes = .empty

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 1..., ignorable: true)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ProtocolType", &protocolType, 5..., ignorable: true)
    try c.nullableString("ProtocolName", &protocolName, 5..., ignorable: true)
    try c.bytes("Assignment", &assignment)
  }
}
