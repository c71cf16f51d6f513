import Primitives
import Wire

extension LogLoader {
  /// Opens the segments in order.
  func openSegments(_ log: inout LoadedLog, from recoveryPoint: Offset) throws(LogError) {
    let firstUnsure = isClean ? log.baseOffsets.count : max(0, log.baseOffsets.partitioningIndex { $0 > recoveryPoint } - 1)
    var isCut = false, hasBegun = false
    log.recoveryPoint = recoveryPoint
    for (index, baseOffset) in log.baseOffsets.enumerated() {
      let segment = try open(baseOffset)
      let found = reactor.disk.size(of: segment.file)
      if let reason = try reasonAgainst(segment, found: found, at: index, firstUnsure: firstUnsure, isCut: isCut, &log) {
        // After the recovery point, nothing may follow a gap.
        isCut = isCut || index > firstUnsure || (index == firstUnsure && overlaps(segment, log))
        try drop(segment, found: found, because: reason, &log)
        continue
      }
      let next = log.baseOffsets.dropFirst(index + 1).first
      if index < firstUnsure {
        try openSure(segment, found: found, before: next, &log)
        if !isClean, index == firstUnsure - 1 { distrustPlatter(of: segment, &log) }
      } else {
        if !hasBegun { try beginRecovery(at: baseOffset, &log) }
        hasBegun = true
        try recover(segment, found: found, before: next, isUnsure: true, &log)
        isCut = segment.size < found
        try dropTail(of: segment, found: found, because: "no sound batch follows", &log)
      }
      if next == nil, found > 0 { try dropIfEmpty(segment, &log) }
    }
    try dropEmptied(&log)
  }

  private func distrustPlatter(of segment: LogSegment, _ log: inout LoadedLog) {
    mark(.syncedSegmentDistrusted)
    segment.distrustPlatter()
    if !log.unsyncedSegments.contains(where: { $0 === segment }) { log.unsyncedSegments.append(segment) }
  }

  /// Drops the last segment if it holds nothing usable: its name alone does not prove where the log ends.
  private func dropIfEmpty(_ segment: LogSegment, _ log: inout LoadedLog) throws(LogError) {
    guard segment.isEmpty, log.segments.count > 1 else { return }
    log.segments.removeLast()
    guard let reason = reasonAgainst(empty: segment, isLast: true, log) else { return log.segments.append(segment) }
    log.unsyncedSegments.removeAll { $0 === segment }
    try drop(segment, found: 0, because: reason, &log)
  }

  /// Drops segments before the last one that hold nothing usable, like segments that were already empty: the next life would remove them, and the log
  /// would then start elsewhere.
  private func dropEmptied(_ log: inout LoadedLog) throws(LogError) {
    for segment in log.segments.dropLast() where segment.isEmpty {
      log.segments.removeAll { $0 === segment }
      log.unsyncedSegments.removeAll { $0 === segment }
      try drop(segment, found: 0, because: Self.emptyBeforeOthers, &log)
    }
  }

  private static let emptyBeforeOthers = "it holds nothing, and later ones are there"

  func open(_ baseOffset: Offset) throws(LogError) -> LogSegment {
    try LogError.wrap { () throws(DiskFailure) in
      try LogSegment(
        baseOffset: baseOffset, in: files, now: reactor.wallClock,
        rollJitter: configuration.drawRollJitter(from: &reactor.host.random))
    }
  }

  // MARK: Segments that do not belong

  /// Why a segment cannot be part of the log, or nil if it can.
  private func reasonAgainst(
    _ segment: LogSegment, found: Int, at index: Int, firstUnsure: Int, isCut: Bool, _ log: inout LoadedLog
  ) throws(LogError) -> String? {
    guard segment.baseOffset < .lastEnd else { return "no log reaches so far" }
    if isCut { return "what comes before it is damaged" }
    if index > firstUnsure, isHole(before: segment, log) {
      mark(.holeBetweenSegments)
      return "the segment before it ends at offset \(log.end ?? 0)"
    }
    let isLast = index == log.baseOffsets.count - 1
    if found == 0, isLast ? index <= firstUnsure : index < firstUnsure { return reasonAgainst(empty: segment, isLast: isLast, log) }
    guard index <= firstUnsure, overlaps(segment, log) else { return nil }
    if index == firstUnsure, let former = log.segments.last { try recoverAgain(former, &log) }
    return try overlaps(segment, log) ? reasonAgainst(overlapping: segment, found: found, at: index, firstUnsure: firstUnsure, &log) : nil
  }

  private func overlaps(_ segment: LogSegment, _ log: LoadedLog) -> Bool { log.end.map { segment.baseOffset < $0 } ?? false }

  /// An empty segment shows only where the log ends. The previous segment must end there, or something else must confirm it: compaction may have
  /// removed the records before it.
  private func reasonAgainst(empty segment: LogSegment, isLast: Bool, _ log: LoadedLog) -> String? {
    guard isLast else { return Self.emptyBeforeOthers }
    let base = segment.baseOffset
    guard let end = log.end, base != end else { return nil }
    guard base > end else { return "the segment before it holds offsets up to \(end - Int64(1))" }
    return base <= evidence.knownEnd || log.snapshots.contains(base) ? nil : "nothing else says that the log reaches offset \(base)"
  }

  /// Two segments hold the same offsets. The one that does not fit its neighbours is dropped.
  private func reasonAgainst(
    overlapping segment: LogSegment, found: Int, at index: Int, firstUnsure: Int, _ log: inout LoadedLog
  ) throws(LogError) -> String? {
    guard let former = log.segments.last, let end = log.end else { return nil }
    let reason = "the segment before it holds offsets up to \(end - Int64(1))"
    // A power loss undid a truncation that ended exactly where this segment starts. Neither the truncation nor what was appended after it was synced:
    // the restored records stay, since they were checked.
    if index == firstUnsure { return reason }
    let isFormerRight = log.baseOffsets.dropFirst(index + 1).contains(end) || (index == log.baseOffsets.count - 1 && end == evidence.knownEnd)
    let first = try BatchHeader(framing: segment.read(at: 0, count: min(BatchHeader.size, found)), at: 0)
    guard !isFormerRight, let first, first.baseOffset >= segment.baseOffset, first.sizeInBytes <= found,
      let overlap = try former.locateIfReadable(segment.baseOffset)
    else { return reason }
    let size = former.size
    mark(.overlappingSegments)
    try former.forget(behind: overlap.position, nextOffset: min(overlap.batch.baseOffset, segment.baseOffset))
    try dropTail(of: former, found: size, because: "the segment that begins at offset \(segment.baseOffset) holds the same offsets", &log)
    if !log.unsyncedSegments.contains(where: { $0 === former }) { log.unsyncedSegments.append(former) }
    return nil
  }

  /// Whether the end of the previous segment was lost, which makes everything after it unusable. Gaps from compaction are harmless. A segment that
  /// somebody removed leaves a gap as well, as in Kafka (`LogLoader.recoverLog` checks each segment on its own), but its index is still there. A
  /// power loss makes no such gap: names appear and disappear in the order of their creation, and an index comes after its segment.
  private func isHole(before segment: LogSegment, _ log: LoadedLog) -> Bool {
    guard let end = log.end, !allowsGaps, !log.hasGaps, segment.baseOffset != end else { return false }
    return evidence.mustBeWhole || !log.missingSegments.contains { end <= $0 && $0 < segment.baseOffset }
  }

  // MARK: Before the recovery point

  /// Opens a segment that was synced, or closed by a clean shutdown: its readers verify the checksums.
  private func openSure(_ segment: LogSegment, found: Int, before next: Offset?, _ log: inout LoadedLog) throws(LogError) {
    let usable = min(found, LogSegment.largestSize)
    if try !segment.load(size: usable) {
      try recover(segment, found: usable, before: next, isUnsure: false, &log)
    } else {
      log.segments.append(segment)
      if segment.size < found { log.unsyncedSegments.append(segment) }
    }
    try dropTail(of: segment, found: found, because: "no batch can be read there", &log)
  }

  // MARK: After the recovery point

  /// Checks a segment again that counted as synced.
  private func recoverAgain(_ segment: LogSegment, _ log: inout LoadedLog) throws(LogError) {
    log.segments.removeLast()
    log.unsyncedSegments.removeAll { $0 === segment }
    try beginRecovery(at: segment.baseOffset, &log)
    let found = segment.size
    try recover(segment, found: found, before: nil, isUnsure: true, &log)
    try dropTail(of: segment, found: found, because: "no sound batch follows", &log)
  }

  /// From here on the records decide. Remembered producers are discarded. Epochs are kept unless a record contradicts them: the first records of an
  /// epoch that starts here may have been compacted (Kafka keeps the checkpoint too, and only adds later epochs: `LogSegment.recover`).
  private func beginRecovery(at baseOffset: Offset, _ log: inout LoadedLog) throws(LogError) {
    var former = log.epochs
    // The previous life may not have made them durable.
    if former.truncateFromEnd(baseOffset) {
      mark(.epochsBeyondRecoveryPoint)
      log.areEpochsDirty = true
    }
    log.lastEpoch = former.latest?.epoch ?? .unknown
    // The last batch before must confirm the checkpoint, and no older epoch may follow it, whatever the checkpoint says.
    if let last = try log.segments.last?.lastFrame() {
      if log.epochs.reconcile(withBatchOf: last.leaderEpoch, from: last.baseOffset, through: last.lastOffset) { log.areEpochsKnown = false }
      log.lastEpoch = last.leaderEpoch
    }
    while let last = log.snapshots.last, last > baseOffset {
      mark(.producerSnapshotDistrusted)
      log.snapshots.removeLast()
      try LogError.wrap { () throws(DiskFailure) in try files.remove(LogNames.file(last, LogNames.snapshot)) }
    }
  }

  /// Checks every byte of a segment. Its `size` then says how far it is usable.
  private func recover(_ segment: LogSegment, found: Int, before next: Offset?, isUnsure: Bool, _ log: inout LoadedLog) throws(LogError) {
    var producers = try producers(at: segment.baseOffset, log)
    var epochs = log.epochs
    var areEpochsChanged = false
    let indexed = try LogError.wrap { () throws(DiskFailure) in try segment.offsetIndex.lastOffsetInFile() }
    let recovery = try segment.recover(
      size: min(found, LogSegment.largestSize), expecting: log.end ?? segment.baseOffset, before: next,
      allowsGaps: allowsGaps || log.hasGaps, epoch: isUnsure ? log.lastEpoch : .unknown, indexIntervalBytes: configuration.indexIntervalBytes,
      checksChecksums: checksChecksums
    ) { (batch) throws(LogError) in
      if isUnsure, epochs.reconcile(withBatchOf: batch.partitionLeaderEpoch, from: batch.baseOffset, through: batch.lastOffset) { areEpochsChanged = true }
      guard let aborted = producers.apply(batch) else { return }
      try LogError.wrap { () throws(DiskFailure) in try segment.transactionIndex.append(aborted) }
    }
    tellShortened(segment, found: found, indexed: indexed, &log)
    log.segments.append(segment)
    log.unsyncedSegments.append(segment)
    log.producers = producers
    log.epochs = epochs
    log.hasGaps = recovery.hasGaps
    if areEpochsChanged { log.areEpochsDirty = true }
    log.lastEpoch = max(log.lastEpoch, recovery.lastEpoch)
  }

  /// Reports a segment that lost its end. A file that ends with a batch looks complete, but its index knows where it ended.
  private func tellShortened(_ segment: LogSegment, found: Int, indexed: Offset?, _ log: inout LoadedLog) {
    guard let indexed, indexed >= segment.nextOffset, segment.size == found else { return }
    mark(.segmentShorterThanIndex)
    log.warnings.append(
      "\(partition): \(files.path(segment.name)) ends at byte \(found), before offset \(segment.nextOffset), although its index says that it "
        + "reached offset \(indexed): what is between them is missing")
  }

  /// The state of the producers at the start of a segment; the transaction index is built from it.
  private func producers(at baseOffset: Offset, _ log: LoadedLog) throws(LogError) -> ProducerStates {
    if log.producers.endOffset == baseOffset, baseOffset > 0 { return log.producers }
    var snapshots = log.snapshots.filter { $0 <= baseOffset }
    return try ProducerLoader(files: files, segments: log.segments, endOffset: baseOffset, memory: memory).load(&snapshots)
  }
}
