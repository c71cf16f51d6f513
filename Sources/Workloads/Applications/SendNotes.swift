import Client
import Host
import Primitives

/// Records what a sending client process sends, and what becomes of it.
struct SendNotes {
  let reactor: Reactor
  let recorder: HistoryRecorder
  let process: ProcessNumber
  /// Receives the times of each record and batch; nil if nothing is measured.
  let log: LoadLog?

  /// Sends the record of a value.
  ///
  /// - Parameters:
  ///   - intended: when the record was due.
  ///   - bytes: the content; nil makes it a tombstone of its key.
  func send(_ value: RecordValue, through producer: Producer, to topic: String, partition: Int32?, key: Bytes?, intended: Instant, _ bytes: Bytes?) {
    log?.addSend(of: value, intended: intended, sent: reactor.now, bytes: (bytes?.count ?? 0) + (key?.count ?? 0))
    producer.send(
      topic: topic, partition: partition, key: key, value: bytes, headers: bytes == nil ? Tombstone.headers(naming: value) : [], token: UInt64(value.number))
  }

  func add(_ batch: AcknowledgedBatch, acks: Acknowledgement) {
    let acknowledgement = AcknowledgedRecords(
      partition: batch.partition, topicID: batch.topicID, broker: batch.broker, baseOffset: batch.baseOffset, tokens: batch.tokens, acks: acks.rawValue)
    recorder.acknowledged(acknowledgement, by: process, at: reactor.now)
    guard let log else { return }
    var times = BatchTimes(batch.life, .acknowledged, at: reactor.now, tokens: batch.tokens)
    times.partition = recorder.number(of: batch.partition, topicID: batch.topicID)
    times.baseOffset = batch.baseOffset
    times.exchange = reactor.host.exchange
    log.add(times, tokens: batch.tokens)
  }

  func add(_ batch: FailedBatch) {
    // Records that no request ever carried are in no partition.
    let attempted = batch.life.map { $0.attempts > 0 } == true ? batch.partition : nil
    let partition = attempted.map { recorder.number(of: TopicPartition(batch.topic, $0), topicID: batch.topicID) } ?? .unknown
    let isDefinite = batch.failure.outcome == .notWritten
    recorder.failed(batch.tokens, in: partition, isDefinite: isDefinite, because: batch.failure.reason.words, by: process, at: reactor.now)
    guard let log else { return }
    if let life = batch.life {
      var times = BatchTimes(life, isDefinite ? .failed : .unknown, at: reactor.now, tokens: batch.tokens)
      times.partition = partition
      log.add(times, tokens: batch.tokens)
    } else {
      for token in batch.tokens { log.markRefused(RecordValue(UInt32(token)), at: reactor.now) }
    }
  }
}

extension BatchTimes {
  /// The facts that a producer reports about a batch that is finished now.
  fileprivate init(_ life: BatchLife, _ outcome: Outcome, at instant: Instant, tokens: ContiguousArray<UInt64>) {
    self.init()
    recordCount = Int32(tokens.count)
    sentBytes = Int32(clamping: life.sentBytes)
    plainBytes = Int32(clamping: life.plainBytes)
    attempts = life.attempts
    self.outcome = outcome
    opened = life.opened
    ready = life.ready
    firstDrained = life.firstDrained
    drained = life.drained
    finished = instant
  }
}
