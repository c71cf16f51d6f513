import Primitives

/// A member of a consumer group (KIP-848) and what it subscribes to.
public struct ConsumerGroupMemberMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 5 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var instanceId: String? = ""
  public var rackId: String? = ""
  public var clientId: String = ""
  public var clientHost: String = ""
  public var subscribedTopicNames: [String] = []
  public var subscribedTopicRegex: String? = ""
  public var rebalanceTimeoutMs: Int32 = -1
  public var serverAssignor: String? = ""
  /// Nil for a member that uses the consumer protocol, and then written as null: in Kafka's schema the default is the empty structure, not null.
  public var classicMemberMetadata: ClassicMemberMetadata? = ClassicMemberMetadata()

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("InstanceId", &instanceId)
    try c.nullableString("RackId", &rackId)
    try c.string("ClientId", &clientId)
    try c.string("ClientHost", &clientHost)
    try c.array("SubscribedTopicNames", &subscribedTopicNames)
    try c.nullableString("SubscribedTopicRegex", &subscribedTopicRegex)
    try c.int32("RebalanceTimeoutMs", &rebalanceTimeoutMs)
    try c.nullableString("ServerAssignor", &serverAssignor)
    try c.tagged(0, "ClassicMemberMetadata", &classicMemberMetadata, default: ClassicMemberMetadata())
  }

  public struct ClassicMemberMetadata: Structure {
    public var sessionTimeoutMs: Int32 = 0
    public var supportedProtocols: [ClassicProtocol] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("SessionTimeoutMs", &sessionTimeoutMs)
      try c.array("SupportedProtocols", &supportedProtocols)
    }
  }

  public struct ClassicProtocol: Structure {
    public var name: String = ""
    public var metadata: Bytes = .empty

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.bytes("Metadata", &metadata)
    }
  }
}
