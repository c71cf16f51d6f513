import Client
import Host
import Primitives
import Wire

/// A producer that records all its sends in the history, for one life of a client process.
final class NotedProducer: ProducerDelegate {
  /// How long a supervisor waits before it starts another life.
  static let pauseBetweenLives = Duration.milliseconds(500)

  let producer: Producer
  let process: ProcessNumber
  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let notes: SendNotes
  /// The number of records that failed so far, definitely or not.
  private(set) var failedCount = 0
  /// Called when records were answered, and when there is room again for waiting records.
  var onAnswer: () -> Void = {}

  init(reactor: Reactor, configuration: ProducerConfiguration, recorder: HistoryRecorder, process: ProcessNumber, log: LoadLog?) {
    self.reactor = reactor
    self.recorder = recorder
    self.process = process
    notes = SendNotes(reactor: reactor, recorder: recorder, process: process, log: log)
    producer = Producer(reactor: reactor, configuration: configuration)
    producer.delegate = self
  }

  /// Sends a record with a unique value.
  ///
  /// - Parameters:
  ///   - intended: when the record was due; nil for now.
  ///   - sources: the records that it was made from. The first one is the record that was being processed.
  ///   - bytes: the content; nil makes it a tombstone of its key.
  @discardableResult
  func send(
    to topic: String, partition: Int32? = nil, key: Bytes?, intended: Instant? = nil, in transaction: TransactionNumber = .none,
    from sources: [History.Source] = [], _ bytes: ((RecordValue) -> Bytes)?
  ) -> RecordValue {
    let now = reactor.now
    let value = recorder.invokeSend(
      by: process, at: now, key: recorder.number(of: key, in: topic), isTombstone: bytes == nil, in: transaction, from: sources)
    notes.send(value, through: producer, to: topic, partition: partition, key: key, intended: intended ?? now, bytes?(value))
    return value
  }

  /// Gives up unanswered records. The producer stays alive until that is done, even if its owner is gone.
  func close(_ then: @escaping () -> Void) {
    producer.close(timeout: .zero) { [self] in withExtendedLifetime(self) { then() } }
  }

  func producer(_ producer: Producer, acknowledged batch: AcknowledgedBatch) {
    notes.add(batch, acks: producer.configuration.acks)
    onAnswer()
  }

  func producer(_ producer: Producer, failed batch: FailedBatch) {
    failedCount += batch.count
    notes.add(batch)
    onAnswer()
  }

  func producerHasRoom(_ producer: Producer) { onAnswer() }
}
