/// Makes partition leaders append the markers that end transactions; sent by a transaction coordinator.
public struct WriteTxnMarkersRequest: ApiRequest, FrequentMessage {
  public typealias Response = WriteTxnMarkersResponse
  public static var apiKey: ApiKey { .writeTxnMarkers }
  public static var validVersions: ClosedRange<Int16> { 1...2 }
  public static var flexibleVersions: VersionRange { .all }

  public var markers: [WritableTxnMarker] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.array("Markers", &markers)
  }

  public struct WritableTxnMarker: Structure {
    public var producerId: Int64 = 0
    public var producerEpoch: Int16 = 0
    /// True for commit, false for abort.
    public var transactionResult: Bool = false
    public var topics: [WritableTxnMarkerTopic] = []
    public var coordinatorEpoch: Int32 = 0
    public var transactionVersion: Int8 = 0

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int64("ProducerId", &producerId)
      try c.int16("ProducerEpoch", &producerEpoch)
      try c.bool("TransactionResult", &transactionResult)
      try c.array("Topics", &topics)
      try c.int32("CoordinatorEpoch", &coordinatorEpoch)
      try c.int8("TransactionVersion", &transactionVersion, 2..., ignorable: true)
    }
  }

  public struct WritableTxnMarkerTopic: Structure {
    public var name: String = ""
    public var partitionIndexes: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name)
      try c.array("PartitionIndexes", &partitionIndexes)
    }
  }
}
