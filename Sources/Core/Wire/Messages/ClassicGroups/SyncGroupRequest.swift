import Primitives

/// Distributes the assignment that the leader of a classic group has made.
public struct SyncGroupRequest: ApiRequest {
  public typealias Response = SyncGroupResponse
  public static var apiKey: ApiKey { .syncGroup }
  public static var validVersions: ClosedRange<Int16> { 0...5 }
  public static var flexibleVersions: VersionRange { 4... }

  public var groupId: String = ""
  public var generationId: Int32 = 0
  public var memberId: String = ""
  /// Set for a static member (KIP-345).
  public var groupInstanceId: String?
  public var protocolType: String?
  public var protocolName: String?
  public var assignments: [SyncGroupRequestAssignment] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("GroupId", &groupId)
    try c.int32("GenerationId", &generationId)
    try c.string("MemberId", &memberId)
    try c.nullableString("GroupInstanceId", &groupInstanceId, 3...)
    try c.nullableString("ProtocolType", &protocolType, 5..., ignorable: true)
    try c.nullableString("ProtocolName", &protocolName, 5..., ignorable: true)
    try c.array("Assignments", &assignments)
  }

  public struct SyncGroupRequestAssignment: Structure {
    public var memberId: String = ""
    public var assignment: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("MemberId", &memberId)
      try c.bytes("Assignment", &assignment)
    }
  }
}
