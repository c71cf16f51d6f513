import Host
import Primitives

extension PartitionLog {
  /// Everything below this offset is on the platter.
  public var flushedOffset: Offset { flushing.flushedOffset }

  /// Where recovery would have to start: `flushedOffset`, unless the leader epochs of records below it are not on the disk yet.
  public var recoveryPoint: Offset { min(flushing.flushedOffset, epochCheckpoint.unwrittenStart ?? .init(.max)) }

  /// The end of the records that count for replication: the log end offset, unless `flush.messages` requires a sync first (with 1, every record has
  /// to be synced before a follower or a high watermark counts it).
  public var durableEndOffset: Offset { flushing.heldOffset ?? logEndOffset }

  /// When the last complete sync ended; before the first one, when the log was opened.
  public var lastFlush: Instant { flushing.lastFlush }

  /// Syncs everything appended so far. `completion` gets nil once it is on the platter, or the error if that failed.
  public func flush(_ completion: @escaping (LogError?) -> Void) {
    if let failure { return completion(.offline(failure)) }
    flushing.waiters.append(FlushState.Waiter(round: flushing.roundCount + 1, end: logEndOffset, truncations: truncationCount, completion: completion))
    startRound(includingActive: true)
  }

  /// Syncs closed segments, new names and small files in the background, as Kafka does after a roll.
  func syncClosedParts() {
    flushing.wantsClosedParts = true
    startRound(includingActive: false)
  }

  /// `flush.messages`: called after an append that started at `start`.
  func syncIfManyMessages(from start: Offset) {
    guard logEndOffset - flushing.flushedOffset >= configuration.flushMessages else { return }
    if flushing.heldOffset == nil { flushing.heldOffset = start }
    startRound(includingActive: true)
  }

  private func startRound(includingActive: Bool) {
    guard flushing.round == nil, failure == nil, !isClosed else { return }
    flushing.wantsClosedParts = false
    flushing.roundCount += 1
    flushing.round = FlushState.Round(target: includingActive ? logEndOffset : active.baseOffset, outstanding: 1)
    syncSegments(includingActive: includingActive)
    for file in flushing.unsyncedFiles {
      let disk = reactor.disk
      // The log may be deleted in the meantime, and its object released.
      waitFor(disk.sync(file.id), of: file.path) { disk.close(file.id) }
    }
    flushing.unsyncedFiles = []
    if flushing.areNamesDirty { waitFor(reactor.disk.syncDirectory(directory), of: directory) {} }
    flushing.areNamesDirty = false
    if flushing.isParentDirty { waitFor(reactor.disk.syncDirectory(directory.parentPath), of: directory.parentPath) {} }
    flushing.isParentDirty = false
    endOfOperation()
  }

  private func syncSegments(includingActive: Bool) {
    for segment in flushing.unsyncedSegments {
      syncLog(of: segment)
      for operation in segment.syncIndexes() { waitFor(operation, of: directory) {} }
    }
    flushing.unsyncedSegments = []
    // Recovery rebuilds the indexes of the active segment: only its records need to be on the platter.
    if includingActive { syncLog(of: active) }
  }

  private func syncLog(of segment: LogSegment) {
    guard let operation = segment.startSync() else { return }
    waitFor(operation, of: files.path(segment.name)) { segment.syncEnded() }
  }

  /// The log stays until the operation has ended: a weak reference would slow down every use of the log from then on.
  private func waitFor(_ operation: DiskOperation, of path: String, _ done: @escaping () -> Void) {
    flushing.round?.outstanding += 1
    reactor.whenDone(operation) { [self] error in
      if let error { fail(DiskFailure(path: path, error: error)) } else { done() }
      endOfOperation()
    }
  }

  private func endOfOperation() {
    flushing.round?.outstanding -= 1
    guard let round = flushing.round, round.outstanding == 0 else { return }
    flushing.round = nil
    guard failure == nil, !isClosed else { return }
    flushing.flushedOffset = max(flushing.flushedOffset, min(round.target, logEndOffset))
    flushing.lastFlush = reactor.now
    releaseHeldRecords()
    answerWaiters()
    startNextRound()
  }

  private func releaseHeldRecords() {
    guard let held = flushing.heldOffset else { return }
    let isBehind = logEndOffset - flushing.flushedOffset >= configuration.flushMessages
    flushing.heldOffset = isBehind ? max(held, flushing.flushedOffset) : nil
    guard durableEndOffset > held else { return }
    reactor.report(.synced(partition, upTo: durableEndOffset))
    onDurable?()
  }

  private func answerWaiters() {
    guard !flushing.waiters.isEmpty else { return }
    let ended = flushing.roundCount
    let answered = flushing.waiters.filter { $0.round <= ended }
    flushing.waiters.removeAll { $0.round <= ended }
    for waiter in answered {
      mustHold(
        flushedOffset >= waiter.end || truncationCount != waiter.truncations,
        "\(directory): who waits for a sync up to \(waiter.end) is told that it is done, and \(flushedOffset) offsets are synced")
      waiter.completion(nil)
    }
  }

  private func startNextRound() {
    if !flushing.waiters.isEmpty || flushing.heldOffset != nil {
      startRound(includingActive: true)
    } else if flushing.wantsClosedParts {
      startRound(includingActive: false)
    }
  }

  /// Lowers everything that was synced, awaited or held back to the end of the log after a truncation.
  func limitFlushing(to end: Offset) {
    flushing.flushedOffset = min(flushing.flushedOffset, end)
    if let round = flushing.round { flushing.round?.target = min(round.target, end) }
    if let held = flushing.heldOffset, held >= end { flushing.heldOffset = nil }
  }
}

extension LogSegment {
  /// Starts syncs of the indexes that changed since the last one.
  func syncIndexes() -> [DiskOperation] {
    [offsetIndex.file.sync(), timeIndex.file.sync(), transactionIndex.file.sync()].compactMap { $0 }
  }
}

extension String {
  /// The directory that contains a path; empty for a path at the root.
  var parentPath: String {
    utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[..<$0]) } ?? ""
  }
}
