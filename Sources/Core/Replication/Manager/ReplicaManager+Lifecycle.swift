import Host
import Log
import Primitives
import Wire

extension ReplicaManager {
  /// A shutdown in good order has begun: from now on the controller takes the leaderships away, and replicas that it takes from the ISR stop
  /// replicating. Everything else goes on.
  public func prepareControlledShutdown() { isInControlledShutdown = true }

  /// Ends all replication: waiting requests are answered, high watermarks are checkpointed. The logs stay open for the log manager
  /// to close.
  public func shutdown() {
    guard !isShutDown else { return }
    isShutDown = true
    for partition in table.all {
      fetchers.remove(partition)
      partition.note(.leadership)
    }
    checkpointHighWatermarks()
    wakeWaitingRequests()
  }

  // MARK: Periodic work

  func scheduleISRShrinking() {
    // Looked at twice in the lag time, so that a straggler is taken out after at most one and a half of it.
    reactor.after(configuration.replicaLagTimeMax / 2) { [unowned self] in
      guard !isShutDown else { return }
      let now = reactor.now
      for partition in table.all { partition.proposeShrinkingIfNeeded(at: now) }
      wakeWaitingRequests()
      scheduleISRShrinking()
    }
  }

  func scheduleHighWatermarkCheckpoints() {
    reactor.after(configuration.highWatermarkCheckpointInterval) { [unowned self] in
      guard !isShutDown else { return }
      checkpointHighWatermarks()
      scheduleHighWatermarkCheckpoints()
    }
  }

  private func checkpointHighWatermarks() {
    logManager.checkpointHighWatermarks(table.all.compactMap { $0.role == .offline ? nil : ($0.topicPartition, $0.highWatermark) })
  }

  // MARK: The disk's end

  /// The error that a request gets whose partition's log could not be used. What is wrong with the disk takes all replicas offline.
  func failed(_ partition: Partition, with error: LogError) -> ErrorCode {
    if case .offsetOutOfRange = error { return .offsetOutOfRange }
    diskFailed(under: partition, error)
    return .kafkaStorageError
  }

  /// One directory of logs, one disk: when it fails under one replica, none can be trusted any more.
  func diskFailed(under partition: Partition, _ error: LogError) {
    let isFirst = !isDiskFailed
    isDiskFailed = true
    for partition in table.all {
      fetchers.remove(partition)
      partition.goOffline()
    }
    if isFirst { diskDidFail?(error) }
  }
}
