import Primitives

/// Hears what became of records, a batch at a time. Calls come from within the node's event handling, and may send again.
public protocol ProducerDelegate: AnyObject {
  func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch)
  func producer(_ producer: Producer, failed batch: FailedBatch)
}

/// Records that a broker acknowledged together. They stand in the log one after another, in the order of `tokens`.
public struct AcknowledgedBatch {
  public let partition: TopicPartition
  /// Of the first record; `Offset.unknown` with acks=0.
  public let baseOffset: Offset
  /// The brokers' timestamp where the topic has `message.timestamp.type=LogAppendTime`; else the records keep their own.
  public let logAppendTime: Timestamp?
  /// What `send` was given with each record.
  public let tokens: ContiguousArray<UInt64>

  public var count: Int { tokens.count }
}

/// Records that failed together.
public struct FailedBatch {
  public let topic: String
  /// nil where the record failed before it had one.
  public let partition: Int32?
  public let failure: ProduceFailure
  /// What `send` was given with each record.
  public let tokens: ContiguousArray<UInt64>

  public var count: Int { tokens.count }
}

/// Where a record that was acknowledged stands.
public struct RecordMetadata: Hashable, Sendable {
  public let partition: TopicPartition
  /// `Offset.unknown` with acks=0.
  public let offset: Offset
  /// The record's own, or the broker's where the topic has `message.timestamp.type=LogAppendTime`.
  public let timestamp: Timestamp
}
