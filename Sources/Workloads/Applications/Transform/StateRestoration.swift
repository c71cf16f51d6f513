import Client
import Host
import Primitives
import Wire

/// Reads what is remembered of partitions out of the topic that keeps it, as Kafka Streams restores its stores: up to the high watermark, but committed records only, so that it
/// waits for transactions whose ends are not in the log yet (`StoreChangelogReader`).
final class StateRestoration {
  /// A poll that finds nothing looks again how far it came: records that are left out move a position, too.
  private static let look = Duration.milliseconds(50)

  private let reactor: Reactor
  private let reader: Consumer
  /// Asks for high watermarks.
  private let asker: Consumer
  private let recorder: HistoryRecorder
  private let process: ProcessNumber
  private let delivered: DeliveryNotes
  private var isCancelled = false

  /// - Parameter configuration: of the application's consumer.
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

  /// Reads partitions from their beginnings on.
  ///
  /// - Parameters:
  ///   - ends: up to which offset; nil for as far as they go now.
  ///   - take: gets the records, those of a partition in their order.
  ///   - then: runs when all is read. Does not run after `cancel`.
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
        note(records, upTo: ends, take)
        pause = .zero
      }
      // Behind the poll: its consumer is not asked again within it.
      reactor.after(pause) { [weak self] in self?.read(partitions, upTo: ends, take, then) }
    }
  }

  private func note(_ records: ConsumerRecords, upTo ends: [TopicPartition: Offset], _ take: (TopicPartition, RecordView, History.Source) -> Void) {
    var entries: ContiguousArray<History.Entry> = []
    for slice in records.slices {
      delivered.note(slice, &entries)
      let number = recorder.number(of: slice.partition, topicID: slice.topicID), end = ends[slice.partition] ?? 0
      // What cannot be read was told where the delivery was noted.
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
