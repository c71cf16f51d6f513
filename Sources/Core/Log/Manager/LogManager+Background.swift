import Host
import Primitives

extension LogManager {
  /// Starts the background work: retention, compaction, checkpoints, `flush.ms`, and expiring idle producers.
  public func start() {
    let configuration = configuration
    every(configuration.retentionCheckInterval, after: configuration.initialTaskDelay) { $0.enforceRetention() }
    every(configuration.flushSchedulerInterval, after: configuration.initialTaskDelay) { $0.flushOverdueLogs() }
    every(configuration.flushOffsetCheckpointInterval, after: configuration.initialTaskDelay) { $0.checkpointRecoveryPoints() }
    every(configuration.flushStartOffsetCheckpointInterval, after: configuration.initialTaskDelay) { $0.checkpointStartOffsets() }
    every(configuration.highWatermarkCheckpointInterval, after: configuration.highWatermarkCheckpointInterval) { $0.checkpointHighWatermarks() }
    every(configuration.producerIDExpirationCheckInterval, after: configuration.producerIDExpirationCheckInterval) { $0.expireProducers() }
    cleaner.start()
  }

  /// Applies settings that were changed while the broker runs: those of the log cleaner, and `producer.id.expiration.ms`.
  public func reconfigure(_ changed: LogManagerConfiguration) {
    cleaner.reconfigure(changed.cleaner)
    guard changed.producerIDExpiration != configuration.producerIDExpiration else { return }
    configuration.producerIDExpiration = changed.producerIDExpiration
    for log in logs.values { log.producerIDExpiration = changed.producerIDExpiration }
  }

  /// Stops the background work. Operations in progress are not undone.
  public func stop() {
    for timer in timers { reactor.cancel(timer) }
    timers = []
    isStopped = true
    cleaner.stop()
  }

  private func every(_ interval: Duration, after delay: Duration, _ work: @escaping (LogManager) -> Void) {
    guard interval != .forever else { return }
    let index = timers.count
    timers.append(reactor.after(delay) { [weak self] in self?.run(interval, at: index, work) })
  }

  private func run(_ interval: Duration, at index: Int, _ work: @escaping (LogManager) -> Void) {
    guard !isStopped else { return }
    work(self)
    timers[index] = reactor.after(max(interval, .milliseconds(1))) { [weak self] in self?.run(interval, at: index, work) }
  }

  /// Applies retention to every log whose high watermark is known, except the logs that the cleaner handles (`LogManager.cleanupLogs`). A log that
  /// fails goes offline and reports itself.
  public func enforceRetention() {
    for log in logs.values where log.failure == nil && !log.configuration.cleanupPolicy.contains(.compact) {
      guard let highWatermark = highWatermark(log.partition) else { continue }
      _ = try? log.enforceRetention(highWatermark: highWatermark)
    }
  }

  private func flushOverdueLogs() {
    for log in logs.values where log.flushedOffset < log.logEndOffset && reactor.now - log.lastFlush >= log.configuration.flushInterval {
      log.flush { _ in }
    }
  }

  private func expireProducers() {
    for log in logs.values { log.expireProducers(olderThan: configuration.producerIDExpiration) }
  }

  // MARK: Checkpoints

  func checkpointRecoveryPoints(_ completion: @escaping (DiskError?) -> Void = { _ in }) {
    recoveryPoints.write(OffsetCheckpoint(logs.values.map { ($0.partition, $0.recoveryPoint) }), completion)
  }

  /// Only logs that start inside their first segment need an entry: for the others, the segment's name is enough.
  func checkpointStartOffsets(_ completion: @escaping (DiskError?) -> Void = { _ in }) {
    let started = logs.values.filter { $0.logStartOffset > $0.segmentBaseOffsets[0] }
    startOffsets.write(OffsetCheckpoint(started.map { ($0.partition, $0.logStartOffset) }), completion)
  }

  /// Checkpoints the high watermarks as the replication manager knows them.
  public func checkpointHighWatermarks(_ completion: @escaping (DiskError?) -> Void = { _ in }) {
    var entries: [(TopicPartition, Offset)] = []
    for partition in logs.keys {
      if let offset = highWatermark(partition) ?? found.highWatermarks?.offsets[partition] { entries.append((partition, offset)) }
    }
    highWatermarks.write(OffsetCheckpoint(entries), completion)
  }

  // MARK: Ending

  /// Shuts down cleanly: syncs every log, writes snapshots and checkpoints, and leaves the clean-shutdown marker. `completion` gets nil when the
  /// marker is durable, otherwise the reason why there is none; a single failed log makes the whole shutdown unclean. Logs that were not opened are left as they are, and a marker
  /// that their last life left is, too (`LogManager.shutdown`).
  public func shutdown(brokerEpoch: BrokerEpoch, _ completion: @escaping (LogError?) -> Void) {
    stop()
    guard isOpen else { return completion(nil) }
    let ending = CleanEnding(manager: self, brokerEpoch: brokerEpoch, completion)
    ending.begin()
  }
}

/// The steps of a clean shutdown; each waits for the one before.
private final class CleanEnding {
  private let manager: LogManager
  private let brokerEpoch: BrokerEpoch
  private let completion: (LogError?) -> Void
  private var outstanding = 1
  private var error: LogError?

  init(manager: LogManager, brokerEpoch: BrokerEpoch, _ completion: @escaping (LogError?) -> Void) {
    self.manager = manager
    self.brokerEpoch = brokerEpoch
    self.completion = completion
  }

  func begin() {
    for log in manager.logs.values {
      outstanding += 1
      log.flushForCleanEnd { self.finished($0) }
    }
    finished(nil)
  }

  private func finished(_ error: LogError?) {
    if self.error == nil { self.error = error }
    outstanding -= 1
    if outstanding == 0 { writeCheckpoints() }
  }

  private func writeCheckpoints() {
    if let error { return completion(error) }
    outstanding = 3
    let manager = manager
    manager.checkpointRecoveryPoints { self.written($0, CheckpointNames.recoveryPoints) }
    manager.checkpointStartOffsets { self.written($0, CheckpointNames.startOffsets) }
    manager.checkpointHighWatermarks { self.written($0, CheckpointNames.highWatermarks) }
  }

  private func written(_ error: DiskError?, _ name: String) {
    if let error { self.error = .disk(DiskFailure(path: manager.files.path(name), error: error)) }
    outstanding -= 1
    guard outstanding == 0 else { return }
    if let error = self.error { return completion(error) }
    for log in manager.logs.values {
      mustHold(
        log.failure != nil || log.flushedOffset == log.logEndOffset && log.snapshots.last == log.logEndOffset,
        "\(log.directory): it is closed in good order and ends at \(log.logEndOffset), with \(log.flushedOffset) offsets synced and a snapshot of producers at "
          + "\(log.snapshots.last.map { "\($0)" } ?? "no offset")")
      log.close()
    }
    writeMarker()
  }

  private func writeMarker() {
    let path = manager.files.path(CleanShutdownMarker.fileName)
    let operation = manager.reactor.disk.replace(path, with: CleanShutdownMarker(brokerEpoch: brokerEpoch).content)
    manager.reactor.whenDone(operation) { [completion] error in
      completion(error.map { .disk(DiskFailure(path: path, error: $0)) })
    }
  }
}
