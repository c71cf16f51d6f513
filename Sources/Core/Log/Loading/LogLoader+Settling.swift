import Host
import Primitives

extension LogLoader {
  /// Brings start, end, epochs and producers in line with the segments that exist.
  func settle(_ log: inout LoadedLog) throws(LogError) {
    for segment in log.segments.dropLast() { try LogError.wrap { () throws(DiskFailure) in try segment.becomeInactive() } }
    try placeStart(&log)
    tellMissingEnd(&log)
    log.recoveryPoint = isClean || log.isNew ? log.logEndOffset : max(0, min(log.recoveryPoint, log.logEndOffset))
    // Every sync round that includes the active segment syncs it.
    if let active = log.segments.last { log.unsyncedSegments.removeAll { $0 === active } }
    try settleEpochs(&log)
    try settleSnapshots(&log)
    let loader = ProducerLoader(files: files, segments: log.segments, endOffset: log.logEndOffset, memory: memory)
    log.producers = try loader.load(&log.snapshots)
    guard memory.keepsUnreplicated else { return }
    try loader.addUnreplicated(to: &log.producers, highWatermark: evidence.highWatermark ?? log.logStartOffset, log.snapshots)
  }

  /// Determines where the log starts. A log that ends before its start offset has lost every readable record, and starts empty at that offset. That
  /// offset is believed only if the other checkpoints show that the log once reached it; otherwise it is damaged, and the first segment determines
  /// the start. (Kafka believes any: `LogLoader.deleteSegmentsIfLogStartGreaterThanLogEnd`.)
  private func placeStart(_ log: inout LoadedLog) throws(LogError) {
    var start = evidence.logStartOffset
    if start > log.end ?? 0, start > evidence.knownEnd || start >= .lastEnd {
      mark(.logStartNotBelieved)
      log.warnings.append(
        "\(partition): the log start offset \(start) of the checkpoint is not believed: the log ends at \(log.end ?? 0), and nothing says that it ever reached further")
      start = 0
    }
    if let end = log.end, end < start {
      mark(.logEndsBeforeStart)
      let reason = "the log ends at offset \(end), and starts at \(start) by its checkpoint"
      for segment in log.segments.reversed() { try drop(segment, found: segment.size, because: reason, &log) }
      log.segments = []
      log.unsyncedSegments = []
    }
    if log.segments.isEmpty {
      let segment = try open(start)
      try LogError.wrap { () throws(DiskFailure) in try segment.create() }
      log.segments = [segment]
      log.areNamesDirty = true
    }
    log.logStartOffset = max(start, log.segments[0].baseOffset)
    log.logEndOffset = log.segments[log.segments.count - 1].nextOffset
  }

  /// Reports a missing end. After a clean shutdown the log must reach its recovery point; after an unclean one, its checkpoints say how far it
  /// reached.
  private func tellMissingEnd(_ log: inout LoadedLog) {
    guard !log.isNew else { return }
    let end = log.logEndOffset
    if isClean {
      guard end < evidence.recoveryPoint else { return }
      log.warnings.append(
        "\(partition): the log ends at offset \(end), although it was closed at \(evidence.recoveryPoint) in good order: "
          + "\(evidence.recoveryPoint - end) offsets are missing")
      return
    }
    var witnesses = [(CheckpointNames.recoveryPoints, evidence.recoveryPoint), (CheckpointNames.highWatermarks, evidence.highWatermark ?? 0)]
    // Data that was cut off has already been reported.
    if log.bytesCut == 0 { witnesses.append((LogNames.leaderEpochs, log.lastEpochStart ?? 0)) }
    witnesses.removeAll { $0.1 <= end || $0.1 >= .lastEnd }
    guard !witnesses.isEmpty else { return }
    mark(.logEndMissing)
    log.warnings.append(
      "\(partition): the log ends at offset \(end), although it reached \(witnesses.map { "\($0.1) by \($0.0)" }.joined(separator: ", ")): "
        + "what lay behind its end is missing, and was not synced or is lost")
  }

  private func settleEpochs(_ log: inout LoadedLog) throws(LogError) {
    if !log.areEpochsKnown { try takeEpochsFromRecords(&log) }
    if log.epochs.truncateFromEnd(log.logEndOffset) { log.areEpochsDirty = true }
    if log.epochs.truncateFromStart(log.logStartOffset) { log.areEpochsDirty = true }
  }

  private func takeEpochsFromRecords(_ log: inout LoadedLog) throws(LogError) {
    if !log.isNew { mark(.epochsTakenFromRecords) }
    var epochs = log.epochs, latest = LeaderEpoch(0)
    for segment in log.segments {
      try segment.walk(from: 0) { header, _ in
        // Checksums do not cover epochs: one that decreases is damaged.
        guard header.leaderEpoch >= latest else { return }
        latest = header.leaderEpoch
        _ = epochs.reconcile(withBatchOf: header.leaderEpoch, from: header.baseOffset, through: header.lastOffset)
      }
    }
    log.areEpochsDirty = epochs != log.epochs || log.areEpochsDirty
    log.epochs = epochs
  }

  /// Snapshots after the end describe records that are gone; those before the first segment are useful only if there is no newer one.
  private func settleSnapshots(_ log: inout LoadedLog) throws(LogError) {
    let end = log.logEndOffset, start = log.segments[0].baseOffset
    let newest = log.snapshots.last { $0 <= end }
    for offset in log.snapshots where offset > end || (offset < start && offset != newest) {
      try LogError.wrap { () throws(DiskFailure) in try files.remove(LogNames.file(offset, LogNames.snapshot)) }
    }
    log.snapshots.removeAll { $0 > end || ($0 < start && $0 != newest) }
  }
}
