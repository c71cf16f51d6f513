import Client
import Host
import Primitives

/// A client process that reads partitions from their beginning and records what it was given.
public final class ConsumeApplication: ClientApplication, ConsumerDelegate {
  /// The partitions that this process reads, each from its earliest offset.
  public let partitions: [TopicPartition]

  private let reactor: Reactor
  private let recorder: HistoryRecorder
  private let delivered: DeliveryNotes
  private let process: ProcessNumber
  let consumer: Consumer
  /// The time between two polls.
  private let pause: Duration
  private let startAt: Instant
  private let stopAt: Instant
  private var entries: ContiguousArray<History.Entry> = []
  /// The last error that stopped this process from reading a partition; cleared when records come again.
  private var errors: [TopicPartition: ConsumerError] = [:]

  /// - Parameters:
  ///   - name: its name in evidence; nil for its number.
  ///   - group: the number of the consumer group for the load log, among the groups that read everything.
  ///   - log: receives the times of deliveries; nil if nothing is measured.
  public init(
    host: any NodeHost, name: String? = nil, configuration: ConsumerConfiguration, partitions: [TopicPartition], pause: Duration, start: Instant, stop: Instant,
    recorder: HistoryRecorder, group: Int32 = 0, log: LoadLog? = nil
  ) {
    reactor = Reactor(host: host)
    self.partitions = partitions
    self.pause = pause
    startAt = start
    stopAt = stop
    self.recorder = recorder
    delivered = DeliveryNotes(reactor: reactor, recorder: recorder, group: group, log: log)
    process = recorder.newProcess(named: name, isolation: configuration.isolationLevel)
    consumer = Consumer(reactor: reactor, configuration: configuration)
  }

  deinit { reactor.end() }

  public func start() {
    consumer.delegate = self
    reactor.after(max(.zero, startAt - reactor.now)) { [unowned self] in begin() }
  }

  private func begin() {
    recorder.assigned(by: process, at: reactor.now)
    consumer.assign(partitions)
    consumer.start()
    guard stopAt < .distantFuture else { return }
    reactor.after(max(.zero, stopAt - reactor.now)) { [unowned self] in consumer.stop() }
  }

  public func handle(_ event: Event) { reactor.dispatch(event) }
  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  public func checkInvariants(_ check: inout InvariantCheck) { consumer.checkInvariants(&check) }

  public func shutdown() {
    consumer.close()
    reactor.host.exit()
  }

  /// Whether the time in which this process reads is over.
  public var isStopped: Bool { reactor.now >= stopAt }

  /// Whether this process has started to read.
  public var isStarted: Bool { reactor.now >= startAt }

  public var isolation: IsolationLevel { consumer.configuration.isolationLevel }

  /// Why a partition cannot be read any further; nil if no error is known.
  public func error(of partition: TopicPartition) -> ConsumerError? { errors[partition] }

  /// The log start offset of a partition as of the last fetch; nil before that.
  public func logStartOffset(of partition: TopicPartition) -> Offset? { consumer.logStartOffset(of: partition) }

  /// The number of this process in the history.
  public var processNumber: ProcessNumber { process }

  /// The next offset that this process will be given; nil if it has no position yet.
  public func position(of partition: TopicPartition) -> Offset? { consumer.position(of: partition) }

  public func consumer(_ consumer: Consumer, received records: ConsumerRecords) {
    entries.removeAll(keepingCapacity: true)
    for slice in records.slices {
      if !errors.isEmpty { errors[slice.partition] = nil }
      delivered.add(slice, &entries)
    }
    recorder.polled(entries, by: process, at: reactor.now)
    guard pause > .zero else { return }
    consumer.stop()
    reactor.after(pause) { [unowned self] in
      if !isStopped { consumer.start() }
    }
  }

  public func consumer(_ consumer: Consumer, failed error: ConsumerError) {
    guard let partition = error.partition, errors[partition] != error else { return }
    errors[partition] = error
    reactor.host.report(.note("cannot read on in \(partition): \(error)"))
  }

  public func consumer(_ consumer: Consumer, reset partition: TopicPartition, from former: Offset?, to position: Offset) {
    // The first position is not a reset, and nothing was polled before it.
    guard let former else { return }
    recorder.assigned(by: process, at: reactor.now)
    reactor.host.report(.note("was sent from offset \(former) of \(partition) to \(position)"))
  }

  public func consumer(_ consumer: Consumer, found truncation: LogTruncation) {
    recorder.assigned(by: process, at: reactor.now)
    reactor.host.report(
      .note("found that \(truncation.partition) was cut below its position \(truncation.position)\(truncation.divergence.map { ", at \($0)" } ?? "")"))
  }
}
