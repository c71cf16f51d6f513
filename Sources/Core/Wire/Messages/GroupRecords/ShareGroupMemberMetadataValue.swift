/// A member of a share group (KIP-932) and what it subscribes to.
public struct ShareGroupMemberMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 10 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var rackId: String? = ""
  public var clientId: String = ""
  public var clientHost: String = ""
  public var subscribedTopicNames: [String] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("RackId", &rackId)
    try c.string("ClientId", &clientId)
    try c.string("ClientHost", &clientHost)
    try c.array("SubscribedTopicNames", &subscribedTopicNames)
  }
}
