import Primitives

/// Receives the results of records, one batch at a time. Calls come from within the node's event handling, and may send again.
public protocol ProducerDelegate: AnyObject {
  func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch)
  func producer(_ producer: Producer, failed batch: FailedBatch)

  /// No record waits for memory or metadata any more. Does nothing by default.
  func producerHasRoom(_ producer: Producer)
}

extension ProducerDelegate {
  public func producerHasRoom(_ producer: Producer) {}
}

/// Records that a broker acknowledged together. They are consecutive in the log, in the order of `tokens`.
public struct AcknowledgedBatch {
  public let partition: TopicPartition
  /// The id of the topic in the request; zero if the brokers are too old to say.
  public let topicID: Uuid
  /// The broker that responded or, with acks=0, that the batch was sent to.
  public let broker: NodeID
  /// The offset of the first record; `Offset.unknown` with acks=0.
  public let baseOffset: Offset
  /// The brokers' timestamp if the topic has `message.timestamp.type=LogAppendTime`; otherwise the records keep their own.
  public let logAppendTime: Timestamp?
  /// The tokens that were passed to `send` with the records.
  public let tokens: ContiguousArray<UInt64>
  public let life: BatchLife

  public var count: Int { tokens.count }
}

/// Records that failed together.
public struct FailedBatch {
  public let topic: String
  /// The id of the topic in the last attempt; zero if there was none, or the brokers are too old to say.
  public let topicID: Uuid
  /// Nil if the record failed before it had a partition.
  public let partition: Int32?
  public let failure: ProduceFailure
  /// The tokens that were passed to `send` with the records.
  public let tokens: ContiguousArray<UInt64>
  /// nil if the record failed before it was in a batch.
  public let life: BatchLife?

  public var count: Int { tokens.count }
}

/// The history of a batch until its last attempt was in flight, on the producer's monotonic clock.
public struct BatchLife: Hashable, Sendable {
  /// When its first record came in.
  public internal(set) var opened: Instant
  /// When it was due: it was full, its linger was over, or everything had to go because of a flush, a close or records that waited for memory.
  public internal(set) var ready = Instant.distantFuture
  /// When it was put into a request for the first and for the last time; `Instant.distantFuture` if it never was.
  public internal(set) var firstDrained = Instant.distantFuture
  public internal(set) var drained = Instant.distantFuture
  /// How often it was put into a request.
  public internal(set) var attempts: Int32 = 0
  /// Its size in bytes before compression, including its header; and as it was sent, 0 if it never was.
  public internal(set) var plainBytes = 0
  public internal(set) var sentBytes = 0

  init(opened: Instant) { self.opened = opened }
}

/// The position of an acknowledged record in the log.
public struct RecordMetadata: Hashable, Sendable {
  public let partition: TopicPartition
  /// `Offset.unknown` with acks=0.
  public let offset: Offset
  /// The record's own, or the broker's if the topic has `message.timestamp.type=LogAppendTime`.
  public let timestamp: Timestamp
}
