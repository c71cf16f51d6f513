import Host
import Primitives

extension LogLoader {
  /// Brings start, end, epochs and producers into line with the segments that are there.
  func settle(_ log: inout LoadedLog) throws(LogError) {
    for segment in log.segments.dropLast() { try LogError.wrap { () throws(DiskFailure) in try segment.becomeInactive() } }
    try placeStart(&log)
    tellMissingEnd(&log)
    log.recoveryPoint = isClean || log.isNew ? log.logEndOffset : max(0, min(log.recoveryPoint, log.logEndOffset))
    // The active segment is synced with every round that includes it.
    if let active = log.segments.last { log.unsyncedSegments.removeAll { $0 === active } }
    try settleEpochs(&log)
    try settleSnapshots(&log)
    let loader = ProducerLoader(files: files, segments: log.segments, endOffset: log.logEndOffset, memory: memory)
    log.producers = try loader.load(&log.snapshots)
    guard memory.keepsUnreplicated else { return }
    try loader.addUnreplicated(to: &log.producers, highWatermark: evidence.highWatermark ?? log.logStartOffset, log.snapshots)
  }

  /// A log that ends before it may be read has lost everything that anyone may ask for: it begins anew where it should start. That is
  /// believed of a start up to which the log once reached, by its other checkpoints; another start is a damaged one, and the first segment says
  /// where the log starts. (Kafka believes any: `LogLoader.deleteSegmentsIfLogStartGreaterThanLogEnd`.)
  private func placeStart(_ log: inout LoadedLog) throws(LogError) {
    var start = evidence.logStartOffset
    if start > log.end ?? 0, start > evidence.knownEnd || start >= .lastEnd {
      log.warnings.append(
        "\(partition): the log start offset \(start) of the checkpoint is not believed: the log ends at \(log.end ?? 0), and nothing says that it ever reached further")
      start = 0
    }
    if let end = log.end, end < start {
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

  /// After a clean end the log reaches as far as it was synced; after any other one, what was written down of it says how far it reached.
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
    // What was cut off was told of.
    if log.bytesCut == 0 { witnesses.append((LogNames.leaderEpochs, log.lastEpochStart ?? 0)) }
    witnesses.removeAll { $0.1 <= end || $0.1 >= .lastEnd }
    guard !witnesses.isEmpty else { return }
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
    var epochs = log.epochs, latest = LeaderEpoch(0)
    for segment in log.segments {
      try segment.walk(from: 0) { header, _ in
        // Checksums do not cover epochs: one that goes back is damaged.
        guard header.leaderEpoch >= latest else { return }
        latest = header.leaderEpoch
        _ = epochs.noteBatch(of: header.leaderEpoch, from: header.baseOffset, through: header.lastOffset)
      }
    }
    log.areEpochsDirty = epochs != log.epochs || log.areEpochsDirty
    log.epochs = epochs
  }

  /// Snapshots behind the end speak of records that are gone; those before the first segment are of use only where none is newer.
  private func settleSnapshots(_ log: inout LoadedLog) throws(LogError) {
    let end = log.logEndOffset, start = log.segments[0].baseOffset
    let newest = log.snapshots.last { $0 <= end }
    for offset in log.snapshots where offset > end || (offset < start && offset != newest) {
      try LogError.wrap { () throws(DiskFailure) in try files.remove(LogNames.file(offset, LogNames.snapshot)) }
    }
    log.snapshots.removeAll { $0 > end || ($0 < start && $0 != newest) }
  }
}
