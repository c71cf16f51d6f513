/// Elects the preferred leader, or any live replica at the risk of losing records (KIP-460).
public struct ElectLeadersRequest: ApiRequest {
  public typealias Response = ElectLeadersResponse
  public static var apiKey: ApiKey { .electLeaders }
  public static var validVersions: ClosedRange<Int16> { 0...2 }
  public static var flexibleVersions: VersionRange { 2... }

  /// 0 elects the preferred replica, 1 any live replica, even one outside the ISR.
  public var electionType: Int8 = 0
  public var topicPartitions: [TopicPartitions]? = []
  public var timeoutMs: Int32 = 60000

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int8("ElectionType", &electionType, 1...)
    try c.nullableArray("TopicPartitions", &topicPartitions)
    try c.int32("TimeoutMs", &timeoutMs)
  }

  public struct TopicPartitions: Structure {
    public var topic: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
    }
  }
}
