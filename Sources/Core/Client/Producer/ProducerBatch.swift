import Primitives
import Wire

/// Records of one partition that are sent, acknowledged, retried or dropped together.
final class ProducerBatch {
  /// Grows with every batch of the producer; the parts of a split batch keep its number.
  let number: UInt64
  /// The queue outlives the batch: queues live as long as their producer, which alone uses its batches. Unsafe because it is read with every record.
  unowned(unsafe) let queue: PartitionQueue
  /// When its first record came: `delivery.timeout.ms` and `linger.ms` count from here.
  var createdAt: Instant { life.opened }
  private(set) var life: BatchLife
  /// The batch's share of `buffer.memory`.
  private(set) var reservedMemory: Int
  private(set) var tokens: ContiguousArray<UInt64> = []
  /// The records with their own completion, in ascending order of their index.
  private(set) var completions: [RecordCompletion] = []

  /// How often it was put back after an attempt.
  private(set) var attempts: Int32 = 0
  private(set) var waitsUntil = Instant(nanoseconds: .min)
  /// The leader epoch of the last attempt: a newer leader is tried without waiting (KIP-951).
  var attemptedEpoch = LeaderEpoch.unknown
  /// The broker and the topic id of the last attempt: another topic may have the name by now.
  var attemptedBroker = NodeID.none
  var attemptedTopicID = Uuid.zero
  /// Whether an attempt may have left it in the log.
  var mayBeWritten = false
  /// Whether the result was reported for its records, even if an attempt is still in flight.
  var isDone = false
  /// Whether an attempt is in flight.
  var isUnderWay = false
  /// Assigned at the first attempt of an idempotent producer.
  private(set) var sequence: BatchSequence?
  /// Whether the sequence changed since the last attempt: a response to that attempt is about the old one.
  private(set) var wasRenumbered = false
  /// Whether, when it got its sequence, something of its producer was acknowledged in the partition, in any epoch: the log knew the producer then.
  var isOfKnownProducer = false

  /// The batch that got its memory while this one was in flight (`EarlyReuse`).
  var heir: ProducerBatch?

  /// Whether its size is estimated: only then does it ask its topic, because each access to the topic counts a reference.
  private let isCompressed: Bool
  private var builder: RecordBatchBuilder
  private let sizeLimit: Int
  private(set) var isClosed = false
  private var built: Bytes?

  init(number: UInt64, queue: PartitionQueue, createdAt: Instant, sizeLimit: Int, reservedMemory: Int, builder: RecordBatchBuilder) {
    self.number = number
    self.queue = queue
    life = BatchLife(opened: createdAt)
    self.sizeLimit = sizeLimit
    self.reservedMemory = reservedMemory
    self.builder = builder
    isCompressed = queue.topic.isCompressed
    tokens.reserveCapacity(queue.lastBatchCount)
  }

  var recordCount: Int { tokens.count }

  private(set) var uncompressedSize = BatchHeader.size

  /// The size that it will have, estimated from the codec's earlier results.
  var estimatedSize: Int { built?.count ?? compressedSize(of: uncompressedSize) }

  private func compressedSize(of uncompressed: Int) -> Int { isCompressed ? queue.topic.compressedSize(of: uncompressed) : uncompressed }

  var isFull: Bool { isClosed || !tokens.isEmpty && estimatedSize >= sizeLimit }

  /// Adds a record and returns its size; if there is no room, closes the batch and returns nil. The first record always fits.
  func append(_ record: borrowing RecordToSend) -> Int? {
    guard !isClosed else { return nil }
    guard hasRoom(for: record) else {
      isClosed = true
      return nil
    }
    builder.append(timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
    if let completion = record.completion {
      completions.append(RecordCompletion(index: tokens.count, timestamp: record.timestamp, body: completion))
    }
    tokens.append(record.token)
    defer { uncompressedSize = builder.sizeInBytes }
    return builder.sizeInBytes - uncompressedSize
  }

  /// Whether a record fits. The exact size is computed only if the bound does not decide.
  private func hasRoom(for record: borrowing RecordToSend) -> Bool {
    if tokens.isEmpty { return true }
    if compressedSize(of: uncompressedSize + record.sizeBound) <= sizeLimit { return true }
    let size = builder.sizeOfAppending(timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
    return compressedSize(of: uncompressedSize + size) <= sizeLimit
  }

  var isBuilt: Bool { built != nil }

  /// The bytes as they are sent; no record can be added afterwards.
  func build() -> Bytes {
    if let built { return built }
    isClosed = true
    let uncompressed = uncompressedSize
    let bytes = builder.build()
    built = bytes
    queue.topic.learnRatio(compressed: bytes.count, uncompressed: uncompressed)
    queue.lastBatchSize = uncompressed
    queue.lastBatchCount = recordCount
    return bytes
  }

  /// The current content of its memory: its own bytes, unless the memory was given to another batch that is also finished.
  var content: Bytes {
    if let heir, heir.isBuilt { heir.content } else { build() }
  }

  /// Assigns a sequence. No record can be added afterwards.
  func assign(_ sequence: BatchSequence) {
    self.sequence = sequence
    isClosed = true
    builder.producerID = sequence.producer.id
    builder.producerEpoch = sequence.producer.epoch
    builder.baseSequence = sequence.first
    builder.isTransactional = sequence.isTransactional
  }

  /// Assigns another sequence. Attempts in flight keep the previous one.
  func renumber(as producer: ProducerIdentity, from first: Int32) {
    guard let former = sequence else { return }
    assign(BatchSequence(producer: producer, first: first, isTransactional: former.isTransactional))
    wasRenumbered = true
    guard let built, let batch = try? RecordBatch(built) else { return }
    self.built = batch.stamped(producerID: producer.id, producerEpoch: producer.epoch, baseSequence: first).bytes
  }

  /// The sequence number of its last record.
  var lastSequence: Int32? { sequence.map { SequenceNumber.advanced($0.first, by: recordCount - 1) } }

  /// Records that it is due for another reason than its linger, which may already be over. The first time counts.
  func markReady(at instant: Instant, linger: Duration) { life.ready = min(life.ready, life.opened + linger, instant) }

  /// Records that it goes into a request.
  func markDrained(at instant: Instant, linger: Duration) {
    if life.attempts == 0 {
      life.firstDrained = instant
      life.ready = min(life.ready, life.opened + linger, instant)
    }
    life.drained = instant
    life.attempts += 1
    wasRenumbered = false
  }

  /// Copies the history of a batch that was too large to one of its parts.
  func takeLife(of whole: ProducerBatch) { life = whole.life }

  /// Its history, with its current size.
  private var finishedLife: BatchLife {
    var life = life
    life.plainBytes = uncompressedSize
    life.sentBytes = life.attempts > 0 ? built?.count ?? 0 : 0
    return life
  }

  /// Releases the memory and returns its size.
  func releaseMemory() -> Int {
    defer { reservedMemory = 0 }
    return reservedMemory
  }

  func waitBeforeNextAttempt(until instant: Instant) {
    attempts += 1
    waitsUntil = instant
  }

  /// Reports the result of its records, once.
  func finish(_ producer: Producer, _ result: Result<ProduceAcknowledgement, ProduceFailure>) {
    guard !isDone else { return }
    isDone = true
    let partition = TopicPartition(queue.topic.name, queue.number)
    switch result {
    case .success(let acknowledgement):
      for completion in completions {
        let offset = acknowledgement.baseOffset == .unknown ? .unknown : acknowledgement.baseOffset + Int64(completion.index)
        let timestamp = acknowledgement.logAppendTime ?? completion.timestamp
        completion.body(.success(RecordMetadata(partition: partition, offset: offset, timestamp: timestamp)))
      }
      producer.delegate?.producer(
        producer, acknowledged: AcknowledgedBatch(
          partition: partition, topicID: attemptedTopicID, broker: attemptedBroker, baseOffset: acknowledgement.baseOffset,
          logAppendTime: acknowledgement.logAppendTime, tokens: tokens, life: finishedLife))
    case .failure(let failure):
      for completion in completions { completion.body(.failure(failure)) }
      producer.delegate?.producer(
        producer, failed: FailedBatch(
          topic: queue.topic.name, topicID: attemptedTopicID, partition: queue.number, failure: failure, tokens: tokens, life: finishedLife))
    }
  }
}

/// What a broker reported about a batch that it accepted.
struct ProduceAcknowledgement {
  var baseOffset: Offset
  var logAppendTime: Timestamp?
}

/// The completion of one record of a batch.
struct RecordCompletion {
  let index: Int
  let timestamp: Timestamp
  let body: (Result<RecordMetadata, ProduceFailure>) -> Void
}

/// A record that is about to be added to a batch. Never copied: each copy would count all its references.
struct RecordToSend: ~Copyable {
  var partition: Int32?
  var timestamp: Timestamp
  var key: Bytes?
  var value: Bytes?
  var headers: [RecordHeader]
  var token: UInt64
  var completion: ((Result<RecordMetadata, ProduceFailure>) -> Void)?
  /// The maximum size of a batch with only this record, in bytes.
  let sizeBound: Int

  init(
    partition: Int32?, timestamp: Timestamp, key: Bytes?, value: Bytes?, headers: [RecordHeader], token: UInt64,
    completion: ((Result<RecordMetadata, ProduceFailure>) -> Void)?
  ) {
    self.partition = partition
    self.timestamp = timestamp
    self.key = key
    self.value = value
    self.headers = headers
    self.token = token
    self.completion = completion
    sizeBound = RecordSize.upperBound(key: key, value: value, headers: headers)
  }
}
