import Primitives
import Wire

extension LogLoader {
  /// Opens the segments one after another. Nothing stays behind the first place where something is missing.
  func openSegments(_ log: inout LoadedLog) throws(LogError) {
    let firstUnsure = isClean ? log.baseOffsets.count : max(0, log.baseOffsets.partitioningIndex { $0 > recoveryPoint } - 1)
    var isCut = false
    for (index, baseOffset) in log.baseOffsets.enumerated() {
      let segment = try open(baseOffset)
      let size = reactor.disk.size(of: segment.file)
      if index <= firstUnsure, let former = log.segments.last, baseOffset < former.nextOffset {
        try recoverAgain(former, &log)
        isCut = true
      }
      if isCut || (index > firstUnsure && isHole(before: segment, log)) {
        isCut = true
        log.bytesCut += size
        log.areNamesDirty = true
        try LogError.wrap { () throws(DiskFailure) in try segment.remove() }
        continue
      }
      if index == firstUnsure { try beginRecovery(at: baseOffset, &log) }
      if index < firstUnsure, try segment.load(size: size) {
        log.segments.append(segment)
        if !isClean, index == firstUnsure - 1 {
          segment.distrustPlatter()
          log.unsyncedSegments.append(segment)
        }
      } else {
        isCut = try recover(segment, size: size, isUnsure: index >= firstUnsure, &log)
      }
    }
  }

  /// A truncation that ended just where the next segment begins was undone by a power loss. Neither it nor what was appended behind it was synced:
  /// what came back is looked at, and the later segment goes.
  private func recoverAgain(_ segment: LogSegment, _ log: inout LoadedLog) throws(LogError) {
    log.segments.removeLast()
    try beginRecovery(at: segment.baseOffset, &log)
    _ = try recover(segment, size: segment.size, isUnsure: true, &log)
  }

  func open(_ baseOffset: Offset) throws(LogError) -> LogSegment {
    try LogError.wrap { () throws(DiskFailure) in
      try LogSegment(
        baseOffset: baseOffset, in: files, now: reactor.wallClock,
        rollJitter: configuration.drawRollJitter(from: &reactor.host.random))
    }
  }

  private var allowsGaps: Bool { configuration.cleanupPolicy.contains(.compact) }

  /// A segment whose name was never synced is gone with its records, although a later one is there (KAFKA-3968). Only compaction makes
  /// gaps that mean nothing.
  private func isHole(before segment: LogSegment, _ log: LoadedLog) -> Bool {
    guard let former = log.segments.last, !allowsGaps else { return false }
    return segment.baseOffset != former.nextOffset
  }

  /// From here on files say what is, and what was remembered of it counts for nothing.
  private func beginRecovery(at baseOffset: Offset, _ log: inout LoadedLog) throws(LogError) {
    if log.epochs.truncateFromEnd(baseOffset) { log.areEpochsDirty = true }
    log.lastEpoch = log.epochs.latest?.epoch ?? .unknown
    while let last = log.snapshots.last, last > baseOffset {
      log.snapshots.removeLast()
      try LogError.wrap { () throws(DiskFailure) in try files.remove(LogNames.file(last, LogNames.snapshot)) }
    }
  }

  /// Looks at every byte of a segment. Returns whether something had to be cut off, so that nothing behind it can stay.
  private func recover(_ segment: LogSegment, size: Int, isUnsure: Bool, _ log: inout LoadedLog) throws(LogError) -> Bool {
    var producers = try producers(at: segment.baseOffset, log)
    var epochs = log.epochs
    var areEpochsChanged = false
    let recovery = try segment.recover(
      size: size, expecting: log.segments.last?.nextOffset ?? segment.baseOffset, allowsGaps: allowsGaps, epoch: isUnsure ? log.lastEpoch : .unknown,
      indexIntervalBytes: configuration.indexIntervalBytes
    ) { (batch) throws(LogError) in
      if isUnsure, epochs.assign(batch.partitionLeaderEpoch, startOffset: batch.baseOffset) { areEpochsChanged = true }
      guard let aborted = producers.apply(batch) else { return }
      try LogError.wrap { () throws(DiskFailure) in try segment.transactionIndex.append(aborted) }
    }
    log.segments.append(segment)
    log.unsyncedSegments.append(segment)
    log.producers = producers
    log.epochs = epochs
    if areEpochsChanged { log.areEpochsDirty = true }
    log.lastEpoch = max(log.lastEpoch, recovery.lastEpoch)
    log.bytesCut += recovery.bytesCut
    return recovery.bytesCut > 0
  }

  /// The state of the producers where a segment begins; the transaction index is built from it.
  private func producers(at baseOffset: Offset, _ log: LoadedLog) throws(LogError) -> ProducerStates {
    if log.producers.endOffset == baseOffset, baseOffset > 0 { return log.producers }
    var snapshots = log.snapshots.filter { $0 <= baseOffset }
    return try ProducerLoader(files: files, segments: log.segments, endOffset: baseOffset).load(&snapshots)
  }
}
