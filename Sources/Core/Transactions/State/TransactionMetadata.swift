import Primitives

/// What a coordinator knows of a transactional id.
///
/// Source: Kafka's `TransactionMetadata`. Its `pendingState` is `PendingTransition`, and its `hasFailedEpochFence` is `TransactionShard.fences`.
public struct TransactionMetadata: Sendable, Equatable {
  /// Kafka's `RecordBatch.NO_PRODUCER_ID` and `NO_PRODUCER_EPOCH`.
  static let noProducerID: Int64 = -1
  static let noEpoch: Int16 = -1

  public internal(set) var state: TransactionState
  public internal(set) var producerID: Int64
  /// -1 for an id that nobody was given yet.
  public internal(set) var producerEpoch: Int16
  /// The producer id before the last change, which is the present one where that was not about it.
  public internal(set) var previousProducerID: Int64
  /// The producer id after the transaction that ends now; -1 where it stays.
  public internal(set) var nextProducerID: Int64
  /// The epoch before, of a producer that may ask again with it; -1 where none may. It is in no record of 4.3 (KAFKA-20357): the next coordinator does not know it.
  public internal(set) var lastProducerEpoch: Int16
  /// Milliseconds. The largest number is that of a transaction of two phases, which no time ends.
  public internal(set) var timeout: Int32
  /// Ascending, each once.
  public internal(set) var partitions: [TopicPartition]
  /// Milliseconds of the wall clock; -1 where no transaction ever began.
  public internal(set) var startTimestamp: Int64
  public internal(set) var lastUpdateTimestamp: Int64
  /// The level at which the producer asked for what the state says: 0 or 2 (KIP-890).
  public internal(set) var clientVersion: Int16
  /// The version of the record that says all this. Version 0 says less.
  var recordVersion: Int16

  /// One that nobody was given yet.
  init(producerID: Int64) {
    state = .empty
    self.producerID = producerID
    producerEpoch = Self.noEpoch
    previousProducerID = Self.noProducerID
    nextProducerID = Self.noProducerID
    lastProducerEpoch = Self.noEpoch
    timeout = 0
    partitions = []
    startTimestamp = -1
    lastUpdateTimestamp = -1
    clientVersion = 0
    recordVersion = 0
  }

  /// The last two epochs of a producer id are never given out, so that its last holder can still be fenced.
  static func isExhausted(_ epoch: Int16) -> Bool { epoch >= .max - 1 }

  var isEpochExhausted: Bool { Self.isExhausted(producerEpoch) }

  /// A transaction of two phases (KIP-939): it is another coordinator's to end.
  var isOfTwoPhases: Bool { timeout == .max }

  /// Whether it has been open for longer than its producer asked for.
  func isOverdue(at now: Timestamp) -> Bool {
    state == .ongoing && !isOfTwoPhases && startTimestamp.saturatingAdding(Int64(timeout)) < now.milliseconds
  }

  /// Whether a producer that has an id and epoch already may go on with this transactional id (KIP-360): it has the present id, or there is no epoch yet, or it had the last epoch of the
  /// id before and did not hear of its new one. The epoch is looked at when it is raised.
  func mayContinue(_ producerID: Int64, _ epoch: Int16) -> Bool {
    producerEpoch == Self.noEpoch || producerID == self.producerID || (producerID == previousProducerID && Self.isExhausted(epoch))
  }
}
