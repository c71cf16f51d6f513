import Host
import Log
import Primitives
import Wire

extension ReplicaManager {
  /// Handles the start of a controlled shutdown: the controller moves the leaderships elsewhere, and replicas that it removes from the ISR stop
  /// replicating. Everything else continues.
  public func prepareControlledShutdown() { isInControlledShutdown = true }

  /// Whether it gives up its replicas, or has.
  public var isEnding: Bool { isInControlledShutdown || isShutDown }

  /// Ends all replication: waiting clients are told that this broker no longer leads, and fetchers stop. The logs, and the high watermarks to be
  /// checkpointed, stay for the log manager's shutdown.
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
    // Checked twice in the lag time, so that a slow replica is removed after at most one and a half times that.
    reactor.after(configuration.replicaLagTimeMax / 2) { [unowned self] in
      guard !isShutDown else { return }
      let now = reactor.now
      for partition in replicas.table.all { partition.proposeShrinkingIfNeeded(at: now) }
      wakeWaitingRequests()
      scheduleISRShrinking()
    }
  }

  // MARK: Disk failure

  /// The error for a request when its partition's log failed. A disk failure takes all replicas offline; a batch that cannot be read only gives its
  /// readers an error.
  func failed(with error: LogError) -> ErrorCode {
    switch error {
    case .offsetOutOfRange: return .offsetOutOfRange
    case .damaged: return .corruptMessage
    case .disk, .offline, .conflict:
      diskFailed(error)
      return .kafkaStorageError
    }
  }

  /// Takes all replicas offline: there is one log directory on one disk, so if it fails for one replica, none can be trusted.
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
