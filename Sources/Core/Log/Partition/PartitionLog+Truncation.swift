import Host
import Primitives

extension PartitionLog {
  /// Removes every record at or after an offset. An offset inside a batch removes the whole batch, so the log may end before it.
  ///
  /// Epochs that start at or after the new end are forgotten even if no record has to go. The truncation is reported with `reason` and the replica's
  /// high watermark, if the caller knows one.
  public func truncate(
    to offset: Offset, reason: Occurrence.TruncationReason = .divergingEpoch, highWatermark: Offset = .unknown
  ) throws(LogError) {
    try checkOnline()
    if offset >= logEndOffset {
      if epochs.truncateFromEnd(offset) {
        mark(.epochsCutWithoutRecords)
        writeEpochs(from: offset)
      }
      return
    }
    guard offset >= segments[0].baseOffset else {
      mark(.truncationBelowLog)
      return try truncateFully(startingAt: max(offset, 0), reason: reason, highWatermark: highWatermark)
    }
    let former = logEndOffset
    try perform { () throws(LogError) in
      if segmentIndex(for: offset) < segments.count - 1 { mark(.truncationAcrossSegments) }
      try removeSegments(from: segmentIndex(for: offset) + 1)
      _ = try active.truncate(to: offset)
      logEndOffset = min(offset, active.nextOffset)
      try afterTruncation()
    }
    mustHold(logEndOffset <= offset, "\(directory): it was to be cut to \(offset), and ends at \(logEndOffset)")
    reactor.report(.truncated(partition, from: former, to: logEndOffset, highWatermark: highWatermark, reason: reason))
  }

  /// Removes everything and restarts at an offset.
  public func truncateFully(
    startingAt offset: Offset, reason: Occurrence.TruncationReason = .outOfRange, highWatermark: Offset = .unknown
  ) throws(LogError) {
    let former = logEndOffset
    let isEmpty = logStartOffset == logEndOffset
    try perform { () throws(LogError) in
      try removeSegments(from: 0)
      try LogError.wrap { () throws(DiskFailure) in segments.append(try makeSegment(at: offset)) }
      logEndOffset = offset
      logStartOffset = offset
      if epochs.removeAll() { writeEpochs(from: offset) }
      try LogError.wrap { () throws(DiskFailure) in try removeSnapshots(above: -1) }
      try afterTruncation()
    }
    mustHold(
      segments.count == 1 && active.isEmpty && active.baseOffset == offset && logStartOffset == offset && epochs.latest == nil && snapshots.isEmpty,
      "\(directory): it was to begin anew at \(offset), and has \(segments.count) segments, \(active.size) bytes from \(active.baseOffset) on, \(epochs.entries.count) epochs, "
        + "\(snapshots.count) snapshots of producers")
    guard !isEmpty || former != offset else { return }
    mark(.logEmptied)
    reactor.report(.truncated(partition, from: former, to: offset, highWatermark: highWatermark, reason: reason))
  }

  private func afterTruncation() throws(LogError) {
    truncationCount += 1
    onTruncated?(active.baseOffset)
    logStartOffset = min(logStartOffset, logEndOffset)
    if epochs.truncateFromEnd(logEndOffset) { writeEpochs(from: logEndOffset) }
    let wasBelowRecoveryPoint = logEndOffset < flushing.flushedOffset
    limitFlushing(to: logEndOffset)
    try reloadProducers()
    if wasBelowRecoveryPoint {
      mark(.truncationBelowRecoveryPoint)
      lowerRecoveryPoint()
    }
    syncClosedParts()
    requireCut()
  }

  private func lowerRecoveryPoint() {
    guard let recoveryPointLowered else { return }
    isLoweringRecoveryPoint = true
    recoveryPointLowered { [self] in isLoweringRecoveryPoint = false }
  }

  /// Removes segments from the last one backwards, so that a crash in between leaves no gap.
  private func removeSegments(from first: Int) throws(LogError) {
    while segments.count > first {
      let segment = segments.removeLast()
      if knownGaps.last == segment.baseOffset { knownGaps.removeLast() }
      flushing.unsyncedSegments.removeAll { $0 === segment }
      try LogError.wrap { () throws(DiskFailure) in try segment.remove() }
      flushing.areNamesDirty = true
    }
  }
}
