import Primitives

/// A classic group with its members and their assignments.
public struct GroupMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 2 }
  public static var validVersions: ClosedRange<Int16> { 0...4 }
  public static var flexibleVersions: VersionRange { 4... }

  public var protocolType: String = ""
  public var generation: Int32 = 0
  public var `protocol`: String? = ""
  public var leader: String? = ""
  public var currentStateTimestamp: Int64 = -1
  public var members: [MemberMetadata] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.string("protocolType", &protocolType)
    try c.int32("generation", &generation)
    try c.nullableString("protocol", &`protocol`)
    try c.nullableString("leader", &leader)
    try c.int64("currentStateTimestamp", &currentStateTimestamp, 2..., ignorable: true)
    try c.array("members", &members)
  }

  public struct MemberMetadata: Structure {
    public var memberId: String = ""
    public var groupInstanceId: String?
    public var clientId: String = ""
    public var clientHost: String = ""
    public var rebalanceTimeout: Int32 = -1
    public var sessionTimeout: Int32 = 0
    public var subscription: Bytes = .empty
    public var assignment: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("memberId", &memberId)
      try c.nullableString("groupInstanceId", &groupInstanceId, 3..., ignorable: true)
      try c.string("clientId", &clientId)
      try c.string("clientHost", &clientHost)
      try c.int32("rebalanceTimeout", &rebalanceTimeout, 1..., ignorable: true)
      try c.int32("sessionTimeout", &sessionTimeout)
      try c.bytes("subscription", &subscription)
      try c.bytes("assignment", &assignment)
    }
  }
}
