import Client
import Host
import Primitives
import Wire

/// Reads the state of partitions from the topic that stores it, as Kafka Streams restores its stores: up to the high watermark, but only committed records, so it
/// waits for transactions whose end is not in the log yet (`StoreChangelogReader`).
final class StateRestoration {
  /// How long a poll waits before the position is checked again: skipped records move it, too.
  private static let look = Duration.milliseconds(50)

  private let reactor: Reactor
  private let reader: Consumer
  /// Fetches high watermarks.
  private let asker: Consumer
  private let recorder: HistoryRecorder
  private let process: ProcessNumber
  private let delivered: DeliveryNotes
  private var isCancelled = false

  /// - Parameter configuration: the configuration of the application's consumer.
  init(_ reactor: Reactor, _ configuration: ConsumerConfiguration, _ recorder: HistoryRecorder) {
    self.reactor = reactor
    self.recorder = recorder
    var configuration = configuration
    configuration.groupID = nil
    configuration.groupInstanceID = nil
    configuration.autoOffsetReset = .earliest
    configuration.isolationLevel = .readUncommitted
    asker = Consumer(reactor: reactor, configuration: configuration)
    configuration.isolationLevel = .readCommitted
    reader = Consumer(reactor: reactor, configuration: configuration)
    process = recorder.newProcess(isolation: .readCommitted)
    delivered = DeliveryNotes(reactor: reactor, recorder: recorder, group: 0, log: nil)
  }

  /// Reads partitions from their beginning.
  ///
  /// - Parameters:
  ///   - ends: the offsets up to which to read; nil for the current ends.
  ///   - take: called with the records, those of a partition in their order.
  ///   - then: called when everything is read; not called after `cancel`.
  func run(
    _ partitions: [TopicPartition], upTo ends: [TopicPartition: Offset]?, _ take: @escaping (TopicPartition, RecordView, History.Source) -> Void, then: @escaping () -> Void
  ) {
    recorder.assigned(by: process, at: reactor.now)
    reader.assign(partitions)
    if let ends { return read(partitions, upTo: ends, take, then) }
    findEnds(of: partitions) { [weak self] in self?.read(partitions, upTo: $0, take, then) }
  }

  private func findEnds(of partitions: [TopicPartition], _ then: @escaping ([TopicPartition: Offset]) -> Void) {
    asker.endOffsets(of: partitions) { [weak self] result in
      guard let self, !isCancelled else { return }
      guard case .success(let ends) = result else {
        reactor.after(Self.look) { [weak self] in self?.findEnds(of: partitions, then) }
        return
      }
      then(Dictionary(ends.map { ($0.partition, $0.offset) }, uniquingKeysWith: { first, _ in first }))
    }
  }

  private func read(
    _ partitions: [TopicPartition], upTo ends: [TopicPartition: Offset], _ take: @escaping (TopicPartition, RecordView, History.Source) -> Void, _ then: @escaping () -> Void
  ) {
    guard !isCancelled else { return }
    let isRead = partitions.allSatisfy { partition in
      guard let end = ends[partition], end > 0 else { return true }
      return reader.position(of: partition).map { $0 >= end } ?? false
    }
    guard !isRead else {
      cancel()
      return then()
    }
    reader.poll(timeout: Self.look) { [weak self] result in
      guard let self, !isCancelled else { return }
      var pause = Self.look
      if case .success(let records) = result {
        replay(records, upTo: ends, take)
        pause = .zero
      }
      // Only after the poll: its consumer must not be called again within it.
      reactor.after(pause) { [weak self] in self?.read(partitions, upTo: ends, take, then) }
    }
  }

  private func replay(_ records: ConsumerRecords, upTo ends: [TopicPartition: Offset], _ take: (TopicPartition, RecordView, History.Source) -> Void) {
    var entries: ContiguousArray<History.Entry> = []
    for slice in records.slices {
      delivered.add(slice, &entries)
      let number = recorder.number(of: slice.partition, topicID: slice.topicID), end = ends[slice.partition] ?? 0
      // An unreadable batch was reported where the delivery was recorded.
      try? slice.forEachRecord { record in
        if record.offset < end { take(slice.partition, record, History.Source(number, at: record.offset)) }
      }
    }
    recorder.polled(entries, by: process, at: reactor.now)
  }

  func cancel() {
    guard !isCancelled else { return }
    isCancelled = true
    reader.close()
    asker.close()
  }
}
