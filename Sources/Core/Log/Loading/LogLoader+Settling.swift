import Host
import Primitives

extension LogLoader {
  /// Brings start, end, epochs and producers into line with the segments that are there.
  func settle(_ log: inout LoadedLog) throws(LogError) {
    for segment in log.segments.dropLast() { try LogError.wrap { () throws(DiskFailure) in try segment.becomeInactive() } }
    try placeStart(&log)
    log.recoveryPoint = isClean || log.isNew ? log.logEndOffset : min(recoveryPoint, log.logEndOffset)
    // The active segment is synced with every round that includes it.
    if let active = log.segments.last { log.unsyncedSegments.removeAll { $0 === active } }
    try settleEpochs(&log)
    try settleSnapshots(&log)
    log.producers = try ProducerLoader(files: files, segments: log.segments, endOffset: log.logEndOffset).load(&log.snapshots)
  }

  /// A log that ends before it may be read has lost everything that anyone may ask for: it begins anew where it should start.
  private func placeStart(_ log: inout LoadedLog) throws(LogError) {
    if let last = log.segments.last, last.nextOffset < logStartOffset {
      log.bytesCut += log.segments.reduce(0) { $0 + $1.size }
      for segment in log.segments.reversed() { try LogError.wrap { () throws(DiskFailure) in try segment.remove() } }
      log.segments = []
      log.unsyncedSegments = []
    }
    if log.segments.isEmpty {
      let segment = try open(logStartOffset)
      try LogError.wrap { () throws(DiskFailure) in try segment.create() }
      log.segments = [segment]
      log.areNamesDirty = true
    }
    log.logStartOffset = max(logStartOffset, log.segments[0].baseOffset)
    log.logEndOffset = log.segments[log.segments.count - 1].nextOffset
  }

  private func settleEpochs(_ log: inout LoadedLog) throws(LogError) {
    if !log.areEpochsKnown { try takeEpochsFromRecords(&log) }
    if log.epochs.truncateFromEnd(log.logEndOffset) { log.areEpochsDirty = true }
    if log.epochs.truncateFromStart(log.logStartOffset) { log.areEpochsDirty = true }
  }

  private func takeEpochsFromRecords(_ log: inout LoadedLog) throws(LogError) {
    var epochs = LeaderEpochCache()
    for segment in log.segments {
      try segment.walk(from: 0) { header, _ in _ = epochs.assign(header.leaderEpoch, startOffset: header.baseOffset) }
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
