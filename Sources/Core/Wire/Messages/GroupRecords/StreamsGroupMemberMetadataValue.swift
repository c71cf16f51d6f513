/// A member of a Kafka Streams group (KIP-1071) and what it subscribes to.
public struct StreamsGroupMemberMetadataValue: CoordinatorRecordValue {
  public static var recordType: Int16 { 19 }
  public static var validVersions: ClosedRange<Int16> { 0...0 }
  public static var flexibleVersions: VersionRange { .all }

  public var instanceId: String? = ""
  public var rackId: String? = ""
  public var clientId: String = ""
  public var clientHost: String = ""
  public var rebalanceTimeoutMs: Int32 = -1
  public var topologyEpoch: Int32 = 0
  public var processId: String = ""
  public var userEndpoint: Endpoint?
  public var clientTags: [KeyValue] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("InstanceId", &instanceId)
    try c.nullableString("RackId", &rackId)
    try c.string("ClientId", &clientId)
    try c.string("ClientHost", &clientHost)
    try c.int32("RebalanceTimeoutMs", &rebalanceTimeoutMs)
    try c.int32("TopologyEpoch", &topologyEpoch)
    try c.string("ProcessId", &processId)
    try c.nullableStructure("UserEndpoint", &userEndpoint)
    try c.array("ClientTags", &clientTags)
  }

  public struct Endpoint: Structure {
    public var host: String = ""
    public var port: UInt16 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Host", &host)
      try c.uint16("Port", &port)
    }
  }

  public struct KeyValue: Structure {
    public var key: String = ""
    public var value: String = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Key", &key)
      try c.string("Value", &value)
    }
  }
}
