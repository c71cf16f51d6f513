/// Keeps a member of a classic group alive; the response tells it about rebalances.
public struct HeartbeatRequest: ApiRequest, FrequentMessage {
  public typealias Response = HeartbeatResponse
  public static var apiKey: ApiKey { .heartbeat }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 4... }

  public var groupId: String = ""
  public var generationId: Int32 = 0
  public var memberId: String = ""
  /// Set for a static member (KIP-345).
  public var groupInstanceId: String?

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.int32("GenerationId", &generationId)
    try c.string("MemberId", &memberId)
    try c.nullableString("GroupInstanceId", &groupInstanceId, 3...)
  }
}
