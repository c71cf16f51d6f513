import Host
import Log
import Primitives
import Wire

extension ReplicaManager {
  /// A shutdown in good order has begun: from now on the controller takes the leaderships away, and replicas that it takes from the ISR stop
  /// replicating. Everything else goes on.
  public func prepareControlledShutdown() { isInControlledShutdown = true }

  /// Ends all replication: whoever waits is told that this broker leads no more, and fetchers stop. The logs, and the high
  /// watermarks to be checkpointed, stay for the log manager's end.
  public func shutdown() {
    guard !isShutDown else { return }
    isShutDown = true
    changes.shutdown()
    for partition in replicas.table.all {
      fetchers.remove(partition)
      partition.stepDown()
    }
    wakeWaitingRequests()
  }

  // MARK: Periodic work

  func scheduleISRShrinking() {
    // Looked at twice in the lag time, so that a straggler is taken out after at most one and a half of it.
    reactor.after(configuration.replicaLagTimeMax / 2) { [unowned self] in
      guard !isShutDown else { return }
      let now = reactor.now
      for partition in replicas.table.all { partition.proposeShrinkingIfNeeded(at: now) }
      wakeWaitingRequests()
      scheduleISRShrinking()
    }
  }

  // MARK: The disk's end

  /// The error that a request gets whose partition's log could not be used. What is wrong with the disk takes all replicas offline; a batch
  /// that cannot be read costs its readers an error.
  func failed(with error: LogError) -> ErrorCode {
    switch error {
    case .offsetOutOfRange: return .offsetOutOfRange
    case .damaged: return .corruptMessage
    case .disk, .offline, .conflict:
      diskFailed(error)
      return .kafkaStorageError
    }
  }

  /// One directory of logs, one disk: when it fails under one replica, none can be trusted any more.
  func diskFailed(_ error: LogError) {
    let isFirst = !isDiskFailed
    isDiskFailed = true
    for partition in replicas.table.all {
      fetchers.remove(partition)
      partition.goOffline()
    }
    if isFirst { diskDidFail?(error) }
  }
}
