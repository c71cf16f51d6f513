import Client
import Host
import Primitives
import Wire

/// A producer all of whose records are noted in the history, one life of a client process long.
final class NotedProducer: ProducerDelegate {
  let producer: Producer
  let process: ProcessNumber
  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let notes: SendNotes
  /// Records that failed so far, for certain or not.
  private(set) var failedCount = 0
  /// Called when records were answered, and when there is room again for those that wait.
  var onAnswer: () -> Void = {}

  init(reactor: Reactor, configuration: ProducerConfiguration, recorder: HistoryRecorder, process: ProcessNumber, log: LoadLog?) {
    self.reactor = reactor
    self.recorder = recorder
    self.process = process
    notes = SendNotes(reactor: reactor, recorder: recorder, process: process, log: log)
    producer = Producer(reactor: reactor, configuration: configuration)
    producer.delegate = self
  }

  /// Sends a record with a value of its own.
  ///
  /// - Parameters:
  ///   - intended: when it was wanted; nil for now.
  ///   - sources: the records that it is made of. The first one is that which was being worked on.
  ///   - bytes: what it holds; nil makes it a tombstone of its key.
  @discardableResult
  func send(
    to topic: String, partition: Int32? = nil, key: Bytes?, intended: Instant? = nil, in transaction: TransactionNumber = .none,
    from sources: [History.Source] = [], _ bytes: ((RecordValue) -> Bytes)?
  ) -> RecordValue {
    let now = reactor.now, isTombstone = bytes == nil
    let value = recorder.invokeSend(
      by: process, at: now, key: recorder.number(of: key, in: topic), isTombstone: isTombstone, in: transaction, from: sources)
    let body = bytes?(value)
    notes.note(value, intended: intended ?? now, key: key, bytes: body)
    producer.send(
      topic: topic, partition: partition, key: key, value: body, headers: isTombstone ? Tombstone.headers(naming: value) : [], token: UInt64(value.number))
    return value
  }

  /// Gives up what is not answered. Lives until that is done, whoever else lets go of it before.
  func close(_ then: @escaping () -> Void) {
    producer.close(timeout: .zero) { [self] in withExtendedLifetime(self) { then() } }
  }

  func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) {
    notes.note(batch, acks: producer.configuration.acks)
    onAnswer()
  }

  func producer(_ producer: Producer, failed batch: FailedBatch) {
    failedCount += batch.count
    notes.note(batch)
    onAnswer()
  }

  func producerHasRoom(_ producer: Producer) { onAnswer() }
}
