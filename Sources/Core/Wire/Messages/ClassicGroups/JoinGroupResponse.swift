import Primitives

/// The response to `JoinGroupRequest`.
public struct JoinGroupResponse: ApiMessage {
  public static var apiKey: ApiKey { .joinGroup }
  public static var validVersions: ClosedRange<Int16> { 0...9 }
  public static var flexibleVersions: VersionRange { 6... }

  public var throttleTimeMs: Int32 = 0
  public var errorCode: ErrorCode = .none
  public var generationId: Int32 = -1
  public var protocolType: String?
  public var protocolName: String? = ""
  public var leader: String = ""
  public var skipAssignment: Bool = false
  public var memberId: String = ""
  public var members: [JoinGroupResponseMember] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs, 2..., ignorable: true)
    try c.errorCode("ErrorCode", &errorCode)
    try c.int32("GenerationId", &generationId)
    try c.nullableString("ProtocolType", &protocolType, 7..., ignorable: true)
    try c.nullableString("ProtocolName", &protocolName, nullable: 7...)
    try c.string("Leader", &leader)
    try c.bool("SkipAssignment", &skipAssignment, 9...)
    try c.string("MemberId", &memberId)
    try c.array("Members", &members)
  }

  public struct JoinGroupResponseMember: Structure {
    public var memberId: String = ""
    /// Set for a static member (KIP-345).
    public var groupInstanceId: String?
    public var metadata: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("MemberId", &memberId)
      try c.nullableString("GroupInstanceId", &groupInstanceId, 5..., ignorable: true)
      try c.bytes("Metadata", &metadata)
    }
  }
}
