/// The response to `WriteTxnMarkersRequest`.
public struct WriteTxnMarkersResponse: ApiMessage, FrequentMessage {
  public static var apiKey: ApiKey { .writeTxnMarkers }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var markers: [WritableTxnMarkerResult] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Markers", &markers)
  }

  public struct WritableTxnMarkerResult: Structure {
    public var producerId: Int64 = 0
    public var topics: [WritableTxnMarkerTopicResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("ProducerId", &producerId)
      try c.array("Topics", &topics)
    }
  }

  public struct WritableTxnMarkerTopicResult: Structure {
    public var name: String = ""
    public var partitions: [WritableTxnMarkerPartitionResult] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("Partitions", &partitions)
    }
  }

  public struct WritableTxnMarkerPartitionResult: Structure {
    public var partitionIndex: Int32 = 0
    public var errorCode: ErrorCode = .none

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("PartitionIndex", &partitionIndex)
      try c.errorCode("ErrorCode", &errorCode)
    }
  }
}
