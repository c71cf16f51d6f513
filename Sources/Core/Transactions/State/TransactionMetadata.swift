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
  /// -1 for an id that no producer has been given yet.
  public internal(set) var producerEpoch: Int16
  /// The producer id before the last change; the current one if that change did not affect it.
  public internal(set) var previousProducerID: Int64
  /// The producer id after the ending transaction; -1 if it stays.
  public internal(set) var nextProducerID: Int64
  /// The previous epoch, with which a producer may retry; -1 if none may. No 4.3 record contains it (KAFKA-20357), so the next coordinator does not
  /// know it.
  public internal(set) var lastProducerEpoch: Int16
  /// In milliseconds. The largest number marks a two-phase transaction, which never times out.
  public internal(set) var timeout: Int32
  /// Ascending, without repetitions.
  public internal(set) var partitions: [TopicPartition]
  /// In milliseconds of the wall clock; -1 if no transaction ever started.
  public internal(set) var startTimestamp: Int64
  public internal(set) var lastUpdateTimestamp: Int64
  /// The producer's transaction version at the request that led to this state: 0 or 2 (KIP-890).
  public internal(set) var clientVersion: Int16
  /// The version of the record of this state. Version 0 contains less.
  var recordVersion: Int16

  /// An id that no producer has been given yet.
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

  /// Whether the transaction uses two-phase commit (KIP-939): an external coordinator ends it.
  var isOfTwoPhases: Bool { timeout == .max }

  /// Whether it has been open longer than its producer requested.
  func isOverdue(at now: Timestamp) -> Bool {
    state == .ongoing && !isOfTwoPhases && startTimestamp.saturatingAdding(Int64(timeout)) < now.milliseconds
  }

  /// Whether a producer with an id and epoch may continue with this transactional id (KIP-360): it has the current producer id, or there is no epoch
  /// yet, or it had the last epoch of the previous producer id and did not learn its new one. The epoch is checked when it is raised.
  func mayContinue(_ producerID: Int64, _ epoch: Int16) -> Bool {
    producerEpoch == Self.noEpoch || producerID == self.producerID || (producerID == previousProducerID && Self.isExhausted(epoch))
  }
}
