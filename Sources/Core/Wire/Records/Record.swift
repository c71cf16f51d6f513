import Primitives

/// Which clock the timestamps of a batch come from (`message.timestamp.type`).
public enum TimestampType: Int8, Sendable {
  case createTime, logAppendTime

  /// Kafka's name for it.
  public var name: String { self == .createTime ? "CreateTime" : "LogAppendTime" }
}

/// A named value beside a record (KIP-82). Keys may repeat and keep their order.
public struct RecordHeader: Hashable, Sendable {
  public var key: String
  public var value: Bytes?

  public init(key: String, value: Bytes?) {
    self.key = key
    self.value = value
  }
}

/// One record with all its contents. Key and value share the bytes of the batch that they came from.
public struct Record: Hashable, Sendable {
  public var offset: Offset
  public var timestamp: Timestamp
  public var key: Bytes?
  public var value: Bytes?
  public var headers: [RecordHeader]

  public init(offset: Offset, timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [RecordHeader] = []) {
    self.offset = offset
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headers = headers
  }
}
