import Primitives
import Wire

/// Records of one partition that are sent, acknowledged, repeated or given up together.
final class ProducerBatch {
  /// Grows with every batch of the producer; the parts of a split batch keep the number of the whole.
  let number: UInt64
  /// Outlives it: queues live as long as their producer, and nobody else looks at its batches. Unsafe because it is asked for with
  /// every record.
  unowned(unsafe) let queue: PartitionQueue
  /// When its first record came: `delivery.timeout.ms` and `linger.ms` count from here.
  var createdAt: Instant { life.opened }
  private(set) var life: BatchLife
  /// What it holds of `buffer.memory`.
  private(set) var reservedMemory: Int
  private(set) var tokens: ContiguousArray<UInt64> = []
  /// The records that have a completion of their own, in ascending order of their index.
  private(set) var completions: [RecordCompletion] = []

  /// How often it was put back after an attempt.
  private(set) var attempts: Int32 = 0
  private(set) var waitsUntil = Instant(nanoseconds: .min)
  /// The leader epoch of the last attempt: a newer leader is tried without waiting (KIP-951).
  var attemptedEpoch = LeaderEpoch.unknown
  /// Where the last attempt went, and what topic it meant: another one may bear the name by now.
  var attemptedBroker = NodeID.none
  var attemptedTopicID = Uuid.zero
  /// Whether an attempt may have left it in the log.
  var mayBeWritten = false
  /// Whether its records have heard their end, though an attempt may still be under way.
  var isDone = false
  /// Whether an attempt is under way.
  var isUnderWay = false
  /// Given with the first attempt of an idempotent producer.
  private(set) var sequence: BatchSequence?
  /// Whether the number changed since the last attempt: what is answered to that one is about the former number.
  private(set) var wasRenumbered = false
  /// Whether its producer had something acknowledged in the partition, in whatever epoch, when it got its number: the log knew the producer then.
  var isOfKnownProducer = false

  /// Who was given its memory while it was under way (`EarlyReuse`).
  var heir: ProducerBatch?

  /// Whether its size is estimated: its topic, which every look at it would count a reference of, is asked only then.
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

  /// The size it will have, as far as the codec's former results tell.
  var estimatedSize: Int { built?.count ?? compressedSize(of: uncompressedSize) }

  private func compressedSize(of uncompressed: Int) -> Int { isCompressed ? queue.topic.compressedSize(of: uncompressed) : uncompressed }

  var isFull: Bool { isClosed || !tokens.isEmpty && estimatedSize >= sizeLimit }

  /// Adds a record and returns its size, or closes the batch and returns nil if there is no room. The first record always fits.
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

  /// The exact size is computed only where the bound does not decide.
  private func hasRoom(for record: borrowing RecordToSend) -> Bool {
    if tokens.isEmpty { return true }
    if compressedSize(of: uncompressedSize + record.sizeBound) <= sizeLimit { return true }
    let size = builder.sizeOfAppending(timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers)
    return compressedSize(of: uncompressedSize + size) <= sizeLimit
  }

  var isBuilt: Bool { built != nil }

  /// The bytes as they are sent; no record is added afterwards.
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

  /// What is in its memory now: its own bytes, but where that was given to another batch which is finished as well.
  var content: Bytes {
    if let heir, heir.isBuilt { heir.content } else { build() }
  }

  /// Gives it a number. No record is added afterwards.
  func assign(_ sequence: BatchSequence) {
    self.sequence = sequence
    isClosed = true
    builder.producerID = sequence.producer.id
    builder.producerEpoch = sequence.producer.epoch
    builder.baseSequence = sequence.first
    builder.isTransactional = sequence.isTransactional
  }

  /// Gives it another number. Attempts under way keep the former one.
  func renumber(as producer: ProducerIdentity, from first: Int32) {
    guard let former = sequence else { return }
    assign(BatchSequence(producer: producer, first: first, isTransactional: former.isTransactional))
    wasRenumbered = true
    guard let built, let batch = try? RecordBatch(built) else { return }
    self.built = batch.stamped(producerID: producer.id, producerEpoch: producer.epoch, baseSequence: first).bytes
  }

  /// The number of its last record.
  var lastSequence: Int32? { sequence.map { SequenceNumber.advanced($0.first, by: recordCount - 1) } }

  /// It is due for another reason than its linger, which may have been over before anybody looked. The first time counts.
  func noteReady(at instant: Instant, linger: Duration) { life.ready = min(life.ready, life.opened + linger, instant) }

  /// It goes into a request.
  func noteDrain(at instant: Instant, linger: Duration) {
    if life.attempts == 0 {
      life.firstDrained = instant
      life.ready = min(life.ready, life.opened + linger, instant)
    }
    life.drained = instant
    life.attempts += 1
    wasRenumbered = false
  }

  /// A part of a batch that was too large has its past.
  func takeLife(of whole: ProducerBatch) { life = whole.life }

  /// How it fared, with its present size.
  private var finishedLife: BatchLife {
    var life = life
    life.plainBytes = uncompressedSize
    life.sentBytes = life.attempts > 0 ? built?.count ?? 0 : 0
    return life
  }

  /// Lets go of the memory and returns how much it was.
  func releaseMemory() -> Int {
    defer { reservedMemory = 0 }
    return reservedMemory
  }

  func waitBeforeNextAttempt(until instant: Instant) {
    attempts += 1
    waitsUntil = instant
  }

  /// Tells what became of the records, once.
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

/// What a broker said of a batch that it took.
struct ProduceAcknowledgement {
  var baseOffset: Offset
  var logAppendTime: Timestamp?
}

/// A closure for one record of a batch.
struct RecordCompletion {
  let index: Int
  let timestamp: Timestamp
  let body: (Result<RecordMetadata, ProduceFailure>) -> Void
}

/// A record on its way into a batch. Never copied: each copy would count the references of all that it holds.
struct RecordToSend: ~Copyable {
  var partition: Int32?
  var timestamp: Timestamp
  var key: Bytes?
  var value: Bytes?
  var headers: [RecordHeader]
  var token: UInt64
  var completion: ((Result<RecordMetadata, ProduceFailure>) -> Void)?
  /// The most that a batch of this one record can take, in bytes.
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
