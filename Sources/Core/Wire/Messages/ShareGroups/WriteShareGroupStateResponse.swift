import Primitives

/// The response to `WriteShareGroupStateRequest`.
public struct WriteShareGroupStateResponse: ApiMessage {
  public static var apiKey: ApiKey { .writeShareGroupState }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var results: [WriteStateResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Results", &results)
  }

  public struct WriteStateResult: Structure {
    public var topicId: Uuid = .zero
    public var partitions: [PartitionResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.array("Partitions", &partitions)
    }
  }

  public struct PartitionResult: Structure {
    public var partition: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Partition", &partition)
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
    }
  }
}
