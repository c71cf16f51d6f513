import Primitives
import Wire

extension LogLoader {
  /// Opens the segments one after another.
  func openSegments(_ log: inout LoadedLog, from recoveryPoint: Offset) throws(LogError) {
    let firstUnsure = isClean ? log.baseOffsets.count : max(0, log.baseOffsets.partitioningIndex { $0 > recoveryPoint } - 1)
    var isCut = false, hasBegun = false
    log.recoveryPoint = recoveryPoint
    for (index, baseOffset) in log.baseOffsets.enumerated() {
      let segment = try open(baseOffset)
      let found = reactor.disk.size(of: segment.file)
      if let reason = try reasonAgainst(segment, found: found, at: index, firstUnsure: firstUnsure, isCut: isCut, &log) {
        // Behind the recovery point nothing may follow what is missing.
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
    segment.distrustPlatter()
    if !log.unsyncedSegments.contains(where: { $0 === segment }) { log.unsyncedSegments.append(segment) }
  }

  /// The last segment held nothing of use: its name alone does not say where the log ends.
  private func dropIfEmpty(_ segment: LogSegment, _ log: inout LoadedLog) throws(LogError) {
    guard segment.isEmpty, log.segments.count > 1 else { return }
    log.segments.removeLast()
    guard let reason = reasonAgainst(empty: segment, isLast: true, log) else { return log.segments.append(segment) }
    log.unsyncedSegments.removeAll { $0 === segment }
    try drop(segment, found: 0, because: reason, &log)
  }

  /// Segments before the last one in which nothing of use was found go as those do that were empty: the next life would take them away, and
  /// the log would start elsewhere then.
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

  // MARK: What does not belong here

  /// Why a segment cannot be a part of the log, or nil if it can.
  private func reasonAgainst(
    _ segment: LogSegment, found: Int, at index: Int, firstUnsure: Int, isCut: Bool, _ log: inout LoadedLog
  ) throws(LogError) -> String? {
    guard segment.baseOffset < .lastEnd else { return "no log reaches so far" }
    if isCut { return "what comes before it is damaged" }
    if index > firstUnsure, isHole(before: segment, log) { return "the segment before it ends at offset \(log.end ?? 0)" }
    let isLast = index == log.baseOffsets.count - 1
    if found == 0, isLast ? index <= firstUnsure : index < firstUnsure { return reasonAgainst(empty: segment, isLast: isLast, log) }
    guard index <= firstUnsure, overlaps(segment, log) else { return nil }
    if index == firstUnsure, let former = log.segments.last { try recoverAgain(former, &log) }
    return try overlaps(segment, log) ? reasonAgainst(overlapping: segment, found: found, at: index, firstUnsure: firstUnsure, &log) : nil
  }

  private func overlaps(_ segment: LogSegment, _ log: LoadedLog) -> Bool { log.end.map { segment.baseOffset < $0 } ?? false }

  /// An empty segment says where the log ends, and nothing else. That must be where the one before it ends, or be borne out otherwise:
  /// compaction may have taken the records before it.
  private func reasonAgainst(empty segment: LogSegment, isLast: Bool, _ log: LoadedLog) -> String? {
    guard isLast else { return Self.emptyBeforeOthers }
    let base = segment.baseOffset
    guard let end = log.end, base != end else { return nil }
    guard base > end else { return "the segment before it holds offsets up to \(end - Int64(1))" }
    return base <= evidence.knownEnd || log.snapshots.contains(base) ? nil : "nothing else says that the log reaches offset \(base)"
  }

  /// Two segments hold the same offsets. The one goes that does not fit those around it.
  private func reasonAgainst(
    overlapping segment: LogSegment, found: Int, at index: Int, firstUnsure: Int, _ log: inout LoadedLog
  ) throws(LogError) -> String? {
    guard let former = log.segments.last, let end = log.end else { return nil }
    let reason = "the segment before it holds offsets up to \(end - Int64(1))"
    // A truncation that ended just where this segment begins was undone by a power loss. Neither it nor what was appended behind it was
    // synced: what came back stays, as it was looked at.
    if index == firstUnsure { return reason }
    let isFormerRight = log.baseOffsets.dropFirst(index + 1).contains(end) || (index == log.baseOffsets.count - 1 && end == evidence.knownEnd)
    let first = try BatchHeader(framing: segment.read(at: 0, count: min(BatchHeader.size, found)), at: 0)
    guard !isFormerRight, let first, first.baseOffset >= segment.baseOffset, first.sizeInBytes <= found,
      let overlap = try former.locateIfReadable(segment.baseOffset)
    else { return reason }
    let size = former.size
    try former.forget(behind: overlap.position, nextOffset: min(overlap.batch.baseOffset, segment.baseOffset))
    try dropTail(of: former, found: size, because: "the segment that begins at offset \(segment.baseOffset) holds the same offsets", &log)
    if !log.unsyncedSegments.contains(where: { $0 === former }) { log.unsyncedSegments.append(former) }
    return nil
  }

  /// The end of the segment before was lost, and the right to what follows with it. Compaction makes gaps that mean nothing, and a segment that
  /// somebody removed is a gap as well, as in Kafka (`LogLoader.recoverLog` looks at each segment by itself): its index is still there. A
  /// power loss makes no such gap, for names come and go in the order of their making, an index behind its segment.
  private func isHole(before segment: LogSegment, _ log: LoadedLog) -> Bool {
    guard let end = log.end, !allowsGaps, !log.hasGaps, segment.baseOffset != end else { return false }
    return evidence.mustBeWhole || !log.missingSegments.contains { end <= $0 && $0 < segment.baseOffset }
  }

  // MARK: Before the recovery point

  /// A segment that was synced, or closed by a life that ended well: checksums are left to its readers.
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

  // MARK: Behind the recovery point

  /// Looks at a segment once more that counted as synced.
  private func recoverAgain(_ segment: LogSegment, _ log: inout LoadedLog) throws(LogError) {
    log.segments.removeLast()
    log.unsyncedSegments.removeAll { $0 === segment }
    try beginRecovery(at: segment.baseOffset, &log)
    let found = segment.size
    try recover(segment, found: found, before: nil, isUnsure: true, &log)
    try dropTail(of: segment, found: found, because: "no sound batch follows", &log)
  }

  /// From here on records say what is. What was remembered of producers counts for nothing, and of the epochs what no record contradicts: those that begin
  /// here may have lost their first records to compaction (Kafka keeps the checkpoint too, and enters later epochs only: `LogSegment.recover`).
  private func beginRecovery(at baseOffset: Offset, _ log: inout LoadedLog) throws(LogError) {
    var former = log.epochs
    // The former life may not have got them to the platter.
    if former.truncateFromEnd(baseOffset) { log.areEpochsDirty = true }
    log.lastEpoch = former.latest?.epoch ?? .unknown
    // The last batch before must bear the checkpoint out, and no older one may follow it, whatever the checkpoint says.
    if let last = try log.segments.last?.lastFrame() {
      if log.epochs.noteBatch(of: last.leaderEpoch, from: last.baseOffset, through: last.lastOffset) { log.areEpochsKnown = false }
      log.lastEpoch = last.leaderEpoch
    }
    while let last = log.snapshots.last, last > baseOffset {
      log.snapshots.removeLast()
      try LogError.wrap { () throws(DiskFailure) in try files.remove(LogNames.file(last, LogNames.snapshot)) }
    }
  }

  /// Looks at every byte of a segment. `size` of it then says up to where it is of use.
  private func recover(_ segment: LogSegment, found: Int, before next: Offset?, isUnsure: Bool, _ log: inout LoadedLog) throws(LogError) {
    var producers = try producers(at: segment.baseOffset, log)
    var epochs = log.epochs
    var areEpochsChanged = false
    let indexed = try LogError.wrap { () throws(DiskFailure) in try segment.offsetIndex.lastOffsetInFile() }
    let recovery = try segment.recover(
      size: min(found, LogSegment.largestSize), expecting: log.end ?? segment.baseOffset, before: next,
      allowsGaps: allowsGaps || log.hasGaps, epoch: isUnsure ? log.lastEpoch : .unknown, indexIntervalBytes: configuration.indexIntervalBytes
    ) { (batch) throws(LogError) in
      if isUnsure, epochs.noteBatch(of: batch.partitionLeaderEpoch, from: batch.baseOffset, through: batch.lastOffset) { areEpochsChanged = true }
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

  /// A file that ends with a batch looks whole: its index knows where it ended.
  private func tellShortened(_ segment: LogSegment, found: Int, indexed: Offset?, _ log: inout LoadedLog) {
    guard let indexed, indexed >= segment.nextOffset, segment.size == found else { return }
    log.warnings.append(
      "\(partition): \(files.path(segment.name)) ends at byte \(found), before offset \(segment.nextOffset), although its index says that it "
        + "reached offset \(indexed): what is between them is missing")
  }

  /// The state of the producers where a segment begins; the transaction index is built from it.
  private func producers(at baseOffset: Offset, _ log: LoadedLog) throws(LogError) -> ProducerStates {
    if log.producers.endOffset == baseOffset, baseOffset > 0 { return log.producers }
    var snapshots = log.snapshots.filter { $0 <= baseOffset }
    return try ProducerLoader(files: files, segments: log.segments, endOffset: baseOffset, memory: memory).load(&snapshots)
  }
}
