import Primitives

/// Appends record batches to partitions. With acks 0 there is no response.
public struct ProduceRequest: ApiRequest, FrequentMessage {
  public typealias Response = ProduceResponse
  public static var apiKey: ApiKey { .produce }
  public static var validVersions: ClosedRange<Int16> { 3...13 }
  public static var flexibleVersions: VersionRange { 9... }

  public var transactionalId: String?
  /// How many replicas must have the records before the response: 0 none (and no response), 1 the leader, -1 the whole ISR.
  public var acks: Int16 = 0
  public var timeoutMs: Int32 = 0
  public var topicData: [TopicProduceData] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.nullableString("TransactionalId", &transactionalId)
    try c.int16("Acks", &acks)
    try c.int32("TimeoutMs", &timeoutMs)
    try c.array("TopicData", &topicData)
  }

  /// Lets go of the records, and keeps everything else.
  public mutating func forgetRecords() {
    for topic in topicData.indices {
      for partition in topicData[topic].partitionData.indices { topicData[topic].partitionData[partition].records = nil }
    }
  }

  public struct TopicProduceData: Structure {
    public var name: String = ""
    public var topicId: Uuid = .zero
    public var partitionData: [PartitionProduceData] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("Name", &name, 0...12, ignorable: true)
      try c.uuid("TopicId", &topicId, 13..., ignorable: true)
      try c.array("PartitionData", &partitionData)
    }
  }

  public struct PartitionProduceData: Structure {
    public var index: Int32 = 0
    public var records: Bytes?

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.int32("Index", &index)
      try c.records("Records", &records)
    }
  }
}
