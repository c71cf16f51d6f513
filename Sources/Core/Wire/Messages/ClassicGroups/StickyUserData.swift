/// What a member that uses the sticky assignor says of its last assignment. The generation is new in version 1.
/// Kafka writes it without a schema file (`StickyAssignor.serializeTopicPartitionAssignment`).
public struct StickyUserData: Message {
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .none }

  public var previousAssignment: [TopicAssignment] = []
  public var generation: Int32 = -1

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("PreviousAssignment", &previousAssignment)
    try c.int32("Generation", &generation, 1..., ignorable: true)
  }

  public struct TopicAssignment: Structure {
    public var topic: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Topic", &topic)
      try c.array("Partitions", &partitions)
    }
  }
}
