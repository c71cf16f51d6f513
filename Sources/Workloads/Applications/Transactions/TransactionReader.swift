import Client
import Host
import Primitives

/// Reads partitions alongside a process that makes transactions, and records what it was given by the end of each: this makes transactions depend on each other.
final class TransactionReader: ConsumerDelegate {
  let consumer: Consumer
  private let partitions: [TopicPartition]
  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let delivered: DeliveryNotes
  private let process: ProcessNumber
  /// Records received since the end of the last transaction.
  private var given: ContiguousArray<History.Entry> = []

  init(_ partitions: [TopicPartition], _ reactor: Reactor, name: String?, _ configuration: ConsumerConfiguration, _ recorder: HistoryRecorder) {
    self.partitions = partitions
    self.reactor = reactor
    self.recorder = recorder
    process = recorder.newProcess(named: name, isolation: configuration.isolationLevel)
    delivered = DeliveryNotes(reactor: reactor, recorder: recorder, group: 0, log: nil)
    consumer = Consumer(reactor: reactor, configuration: configuration)
    consumer.delegate = self
  }

  func start() {
    recorder.assigned(by: process, at: reactor.now)
    consumer.assign(partitions)
    consumer.start()
  }

  /// Records that the transaction, which is about to be ended, has read everything received until now.
  func recordReads(of transaction: TransactionNumber) {
    guard !given.isEmpty else { return }
    recorder.worked(on: given, in: transaction, by: process, at: reactor.now)
    given.removeAll(keepingCapacity: true)
  }

  func consumer(_ consumer: Consumer, received records: ConsumerRecords) {
    var entries: ContiguousArray<History.Entry> = []
    for slice in records.slices { delivered.add(slice, &entries) }
    recorder.polled(entries, by: process, at: reactor.now)
    given += entries
  }

  func consumer(_ consumer: Consumer, failed error: ConsumerError) { reactor.host.report(.note("cannot read on: \(error)")) }

  func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {
    // The first position is not a reset, and nothing was polled before it.
    if former != nil { recorder.assigned(by: process, at: reactor.now) }
  }

  func consumer(_ consumer: Consumer, found truncation: LogTruncation) { recorder.assigned(by: process, at: reactor.now) }
}
