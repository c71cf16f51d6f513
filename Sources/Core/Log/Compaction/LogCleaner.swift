import Host
import OrderedCollections
import Primitives

/// Compacts the logs of a broker, the dirtiest first, as many side by side as `log.cleaner.threads` says (`LogCleaner`, `LogCleanerManager`).
///
/// It stands still as long as no topic is to be compacted. A log that cannot be cleaned because it is damaged, or because the offset map is too small
/// for it, is told once and left alone from then on.
final class LogCleaner {
  unowned let manager: LogManager
  private let reactor: Reactor
  private(set) var configuration: CleanerConfiguration
  private let writer: CheckpointWriter
  /// Up to where each log was cleaned.
  var checkpoint: OrderedDictionary<TopicPartition, Offset>
  /// Logs of which the checkpoint on the disk says that they were compacted: the next life takes gaps in them for granted.
  var written: OrderedSet<TopicPartition>
  var workers: [CleanerWorker] = []
  var uncleanable: OrderedSet<TopicPartition> = []
  var isRunning = false
  /// Before this instant nobody reads or writes more.
  private var throttledUntil = Instant.zero

  init(manager: LogManager, configuration: CleanerConfiguration, checkpoint: OffsetCheckpoint?, reactor: Reactor) {
    self.manager = manager
    self.configuration = configuration
    self.reactor = reactor
    writer = CheckpointWriter(path: manager.files.path(CheckpointNames.cleanedOffsets), reactor: reactor, onDisk: checkpoint)
    self.checkpoint = checkpoint?.offsets ?? [:]
    written = self.checkpoint.keys
  }

  // MARK: Beginning and end

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

  /// To be called when a log was opened or made, or got another policy.
  func logsChanged() {
    guard isRunning, hasCompactedLogs else { return }
    while workers.count < Int(configuration.threads) { workers.append(CleanerWorker(cleaner: self, index: workers.count, reactor: reactor)) }
    for worker in workers { worker.wake() }
  }

  /// Takes effect with the next pass. `isEnabled` stays as it was.
  func reconfigure(_ new: CleanerConfiguration) {
    guard new != configuration else { return }
    let isEnabled = configuration.isEnabled
    configuration = new
    configuration.isEnabled = isEnabled
    logsChanged()
  }

  // MARK: What becomes of logs meanwhile

  /// The topic of a log got another policy. The cleaning of one that is not to be compacted any more ends at once (`LogManager.updateTopicConfig`).
  func policyChanged(of log: PartitionLog) {
    if !log.configuration.cleanupPolicy.contains(.compact) {
      for worker in workers where worker.log === log { worker.abandon() }
    }
    logsChanged()
  }

  /// Whatever is being done to a partition's log is dropped, and nothing is known of it any more: it was closed, or is made anew.
  func forget(_ partition: TopicPartition) {
    for worker in workers where worker.log?.partition == partition { worker.abandon() }
    uncleanable.remove(partition)
    written.remove(partition)
    guard checkpoint.removeValue(forKey: partition) != nil else { return }
    write()
  }

  /// What was appended since a truncation is dirty (`LogCleanerManager.maybeTruncateCheckpoint`).
  func truncated(_ partition: TopicPartition, to offset: Offset) {
    guard let cleaned = checkpoint[partition], cleaned > offset else { return }
    checkpoint[partition] = offset
    write()
  }

  // MARK: What there is to do

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

  /// A checkpoint from before the log's start, or from behind its end, where a crash took records away.
  private func reset(_ found: CleanableLog) {
    let partition = found.log.partition
    if !found.log.configuration.cleanupPolicy.contains(.delete), let offset = checkpoint[partition] {
      reactor.host.report(
        .note(
          "\(partition): \(CheckpointNames.cleanedOffsets) says that offsets below \(offset) are clean, and the log goes from "
            + "\(found.log.logStartOffset) to \(found.log.logEndOffset): all of it counts as dirty"))
    }
    checkpoint[partition] = found.firstDirtyOffset
    write()
  }

  /// Deletes what is too old or too much of the logs that are compacted as well, and what lies below the start of any (`LogCleaner.CleanerThread`).
  func enforceRetention() {
    for log in manager.logs.values where isCandidate(log) {
      guard let highWatermark = manager.highWatermark(log.partition) else { continue }
      _ = try? log.enforceRetention(highWatermark: highWatermark)
    }
  }

  // MARK: Doing it

  func pass(over log: CleanableLog) -> CleaningPass { CleaningPass(log, map: configuration.offsetMap, now: reactor.wallClock) }

  /// Before the first segment of a log is replaced the disk has to know that it is compacted. `completion` gets false if it cannot be told.
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
      reactor.host.report(.compacted(partition, compaction))
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
    uncleanable.append(partition)
    reactor.host.report(.warning("\(partition) is not compacted any more: \(reason)"))
  }

  /// How long to wait after so many bytes.
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
