/// The response to `AlterPartitionReassignmentsRequest`.
public struct AlterPartitionReassignmentsResponse: ApiMessage {
  public static var apiKey: ApiKey { .alterPartitionReassignments }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var allowReplicationFactorChange: Bool = true
  public var errorCode: ErrorCode = .none
  public var errorMessage: String? = ""
  public var responses: [ReassignableTopicResponse] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.bool("AllowReplicationFactorChange", &allowReplicationFactorChange, 1..., ignorable: true)
    try c.errorCode("ErrorCode", &errorCode)
    try c.nullableString("ErrorMessage", &errorMessage)
    try c.array("Responses", &responses)
  }

  public struct ReassignableTopicResponse: Structure {
    public var name: String = ""
    public var partitions: [ReassignablePartitionResponse] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct ReassignablePartitionResponse: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String? = ""

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
