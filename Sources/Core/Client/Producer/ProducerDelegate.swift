import Primitives

/// Hears what became of records, a batch at a time. Calls come from within the node's event handling, and may send again.
public protocol ProducerDelegate: AnyObject {
  func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch)
  func producer(_ producer: Producer, failed batch: FailedBatch)

  /// No record waits for memory or metadata any more. Does nothing unless implemented.
  func producerHasRoom(_ producer: Producer)
}

extension ProducerDelegate {
  public func producerHasRoom(_ producer: Producer) {}
}

/// Records that a broker acknowledged together. They stand in the log one after another, in the order of `tokens`.
public struct AcknowledgedBatch {
  public let partition: TopicPartition
  /// Of the topic that the request meant; zero if the brokers are too old to say.
  public let topicID: Uuid
  /// Who answered, or with acks=0, who was sent to.
  public let broker: NodeID
  /// Of the first record; `Offset.unknown` with acks=0.
  public let baseOffset: Offset
  /// The brokers' timestamp where the topic has `message.timestamp.type=LogAppendTime`; else the records keep their own.
  public let logAppendTime: Timestamp?
  /// What `send` was given with each record.
  public let tokens: ContiguousArray<UInt64>
  public let life: BatchLife

  public var count: Int { tokens.count }
}

/// Records that failed together.
public struct FailedBatch {
  public let topic: String
  /// Of the topic that the last attempt meant; zero if there was none, or the brokers are too old to say.
  public let topicID: Uuid
  /// nil if the record failed before it had one.
  public let partition: Int32?
  public let failure: ProduceFailure
  /// What `send` was given with each record.
  public let tokens: ContiguousArray<UInt64>
  /// nil if the record failed before it was in a batch.
  public let life: BatchLife?

  public var count: Int { tokens.count }
}

/// How a batch fared until its last attempt was under way, on the producer's monotonic clock.
public struct BatchLife: Hashable, Sendable {
  /// Its first record came in.
  public internal(set) var opened: Instant
  /// It was due: full, its linger over, or everything had to go because of a flush, the end of the producer or records that waited for memory.
  public internal(set) var ready = Instant.distantFuture
  /// It was put into a request for the first time, and for the last; `Instant.distantFuture` where it never was.
  public internal(set) var firstDrained = Instant.distantFuture
  public internal(set) var drained = Instant.distantFuture
  /// How often it was put into a request.
  public internal(set) var attempts: Int32 = 0
  /// Before compression, in bytes, its header included; and as it was sent, 0 if it never was.
  public internal(set) var plainBytes = 0
  public internal(set) var sentBytes = 0

  init(opened: Instant) { self.opened = opened }
}

/// Where a record that was acknowledged stands.
public struct RecordMetadata: Hashable, Sendable {
  public let partition: TopicPartition
  /// `Offset.unknown` with acks=0.
  public let offset: Offset
  /// The record's own, or the broker's where the topic has `message.timestamp.type=LogAppendTime`.
  public let timestamp: Timestamp
}
