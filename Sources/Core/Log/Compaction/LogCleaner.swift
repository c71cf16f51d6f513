import Host
import OrderedCollections
import Primitives

/// Compacts a broker's logs, the dirtiest first, with `log.cleaner.threads` of them in parallel (`LogCleaner`, `LogCleanerManager`).
///
/// It is idle while no topic is compacted. A log that cannot be cleaned because it is damaged, or because the offset map is too small for it, is
/// reported once and skipped from then on.
final class LogCleaner {
  unowned let manager: LogManager
  private let reactor: Reactor
  private(set) var configuration: CleanerConfiguration
  private let writer: CheckpointWriter
  /// The offset up to which each log was cleaned.
  var checkpoint: OrderedDictionary<TopicPartition, Offset>
  /// Logs that the checkpoint on the disk marks as compacted: the next life accepts gaps in them.
  var written: OrderedSet<TopicPartition>
  var workers: [CleanerWorker] = []
  var uncleanable: OrderedSet<TopicPartition> = []
  var isRunning = false
  /// No cleaner reads or writes anything before this instant.
  private var throttledUntil = Instant.zero

  init(manager: LogManager, configuration: CleanerConfiguration, checkpoint: OffsetCheckpoint?, reactor: Reactor) {
    self.manager = manager
    self.configuration = configuration
    self.reactor = reactor
    writer = CheckpointWriter(path: manager.files.path(CheckpointNames.cleanedOffsets), reactor: reactor, onDisk: checkpoint)
    self.checkpoint = checkpoint?.offsets ?? [:]
    written = self.checkpoint.keys
  }

  // MARK: Start and end

  func start() {
    guard configuration.isEnabled else { return }
    isRunning = true
    logsChanged()
  }

  func stop() {
    isRunning = false
    for worker in workers { worker.stop() }
    workers = []
  }

  /// Call it after a log was opened or created, or its cleanup policy changed.
  func logsChanged() {
    guard isRunning, hasCompactedLogs else { return }
    while workers.count < Int(configuration.threads) { workers.append(CleanerWorker(cleaner: self, index: workers.count, reactor: reactor)) }
    for worker in workers { worker.wake() }
  }

  /// Changes the settings from the next pass on. `isEnabled` stays as it was.
  func reconfigure(_ new: CleanerConfiguration) {
    guard new != configuration else { return }
    let isEnabled = configuration.isEnabled
    configuration = new
    configuration.isEnabled = isEnabled
    logsChanged()
  }

  // MARK: Changes of logs

  /// Handles a change of a topic's cleanup policy. If a log is no longer compacted, its cleaning ends at once (`LogManager.updateTopicConfig`).
  func policyChanged(of log: PartitionLog) {
    if !log.configuration.cleanupPolicy.contains(.compact) {
      for worker in workers where worker.log === log { worker.abandon() }
    }
    logsChanged()
  }

  /// Drops all work on a partition's log and everything known about it: the log was closed, or is being recreated.
  func forget(_ partition: TopicPartition) {
    for worker in workers where worker.log?.partition == partition { worker.abandon() }
    uncleanable.remove(partition)
    written.remove(partition)
    guard checkpoint.removeValue(forKey: partition) != nil else { return }
    write()
  }

  /// Records that everything appended after a truncation is dirty (`LogCleanerManager.maybeTruncateCheckpoint`).
  func truncated(_ partition: TopicPartition, to offset: Offset) {
    guard let cleaned = checkpoint[partition], cleaned > offset else { return }
    mark(.truncationBelowCleaned)
    checkpoint[partition] = offset
    write()
  }

  // MARK: Finding work

  /// The next log to clean; nil if none needs it.
  func dirtiest() -> CleanableLog? {
    let now = reactor.wallClock
    var dirtiest: CleanableLog?
    for log in manager.logs.values where isCandidate(log) {
      guard let highWatermark = manager.highWatermark(log.partition) else { continue }
      let found = CleanableLog(log, checkpoint: checkpoint[log.partition], highWatermark: highWatermark, now: now)
      if found.isCheckpointInvalid { reset(found) }
      if found.isWorthCleaning, found.dirtyRatio > dirtiest?.dirtyRatio ?? -1 { dirtiest = found }
    }
    return dirtiest
  }

  var hasCompactedLogs: Bool { manager.logs.values.contains { $0.configuration.cleanupPolicy.contains(.compact) } }

  private func isCandidate(_ log: PartitionLog) -> Bool {
    log.configuration.cleanupPolicy.contains(.compact) && log.failure == nil && !log.isReplacingSegments && !uncleanable.contains(log.partition)
      && !isBeingCleaned(log)
  }

  private func isBeingCleaned(_ log: PartitionLog) -> Bool { workers.contains { $0.log === log } }

  /// Resets a checkpoint that lies before the log's start, or after its end because a crash lost records.
  private func reset(_ found: CleanableLog) {
    let partition = found.log.partition
    if !found.log.configuration.cleanupPolicy.contains(.delete), let offset = checkpoint[partition] {
      reactor.report(
        .note(
          "\(partition): \(CheckpointNames.cleanedOffsets) says that offsets below \(offset) are clean, and the log goes from "
            + "\(found.log.logStartOffset) to \(found.log.logEndOffset): all of it counts as dirty"))
    }
    checkpoint[partition] = found.firstDirtyOffset
    write()
  }

  /// Deletes old segments of logs that are both compacted and subject to deletion, and segments below the start of any compacted log
  /// (`LogCleaner.CleanerThread`).
  func enforceRetention() {
    for log in manager.logs.values where isCandidate(log) {
      guard let highWatermark = manager.highWatermark(log.partition) else { continue }
      _ = try? log.enforceRetention(highWatermark: highWatermark)
    }
  }

  // MARK: Execution

  func pass(over log: CleanableLog) -> CleaningPass { CleaningPass(log, map: configuration.offsetMap, now: reactor.wallClock) }

  /// Records on disk that a log is compacted, which must be durable before its first segment is replaced. `completion` gets false if that fails.
  func announce(_ log: CleanableLog, _ completion: @escaping (Bool) -> Void) {
    let partition = log.log.partition
    guard !written.contains(partition) else { return completion(true) }
    checkpoint[partition] = log.firstDirtyOffset
    write { [weak self] error in
      guard let self, error == nil, checkpoint[partition] != nil else { return completion(false) }
      written.append(partition)
      completion(true)
    }
  }

  func ended(_ pass: CleaningPass, _ ending: CleaningPass.Ending) {
    let partition = pass.log.partition
    switch ending {
    case .cleaned(let compaction):
      checkpoint[partition] = compaction.to
      write()
      reactor.report(.compacted(partition, compaction))
    case .interrupted:
      break
    case .mapIsTooSmall:
      leaveAlone(partition, "the offset map is too small for one batch; raise log.cleaner.dedupe.buffer.size, or lower log.cleaner.threads")
    case .failed(let error):
      guard pass.log.failure == nil, !pass.log.isClosed else { return }
      leaveAlone(partition, error.description)
    }
  }

  private func leaveAlone(_ partition: TopicPartition, _ reason: String) {
    mark(.logLeftUncleaned)
    uncleanable.append(partition)
    reactor.report(.warning("\(partition) is not compacted any more: \(reason)"))
  }

  /// How long to wait after reading and writing this many bytes.
  func throttle(_ bytes: Int) -> Duration {
    let rate = configuration.maxBytesPerSecond
    guard rate > 0, rate < .greatestFiniteMagnitude else { return .zero }
    let share = Duration(nanoseconds: Int64(min(Double(bytes) / rate * 1e9, 3.6e12)))
    throttledUntil = max(throttledUntil, reactor.now) + share
    return throttledUntil - reactor.now
  }

  private func write(_ completion: @escaping (DiskError?) -> Void = { _ in }) {
    writer.write(OffsetCheckpoint(checkpoint.filter { manager.logs[$0.key] != nil }.map { ($0.key, $0.value) }), completion)
  }
}
