import Host
import Primitives
import Wire

/// A segment that is to stand in the place of others: whole batches one after another, and where its name says that they begin.
public struct SegmentReplacement: Sendable {
  public let baseOffset: Offset
  public let records: Bytes

  public init(baseOffset: Offset, records: Bytes) {
    self.baseOffset = baseOffset
    self.records = records
  }
}

extension PartitionLog {
  /// Puts segments in the place of a run of closed ones: for compaction, which leaves of the records of several segments what fits into fewer. After a
  /// crash the log has all of the former segments or all of the new ones, whatever the moment; beside the new ones it may have former ones that begin
  /// behind the last record of those, which the next compaction finds again.
  ///
  /// The new segments are written under names that end in `.cleaned` and synced. What follows is done at once: they are renamed to `.swap`, from the
  /// last to the first, the former ones are marked as deleted, from the first to the last, and the new ones get their own names. As long as one
  /// `.cleaned` is there the new segments do not count; from then on they do (`LocalLog.replaceSegments`, and `Leftovers` for what a crash leaves).
  ///
  /// Snapshots of producers stay: the records that are gone may have been the only ones of a producer. The topic is compacted by its settings, for
  /// else a log with gaps would be taken for a damaged one.
  ///
  /// - Parameters:
  ///   - range: from the base offset of the first segment of the run to that of the first one behind it. The active segment is in no run.
  ///   - replacements: not empty, ascending. Each begins at the base offset of one of the former segments, the first one at that of the first, and
  ///     holds at least one batch; none reaches the next one's base offset or the end of the range.
  ///   - completion: gets true when the new segments are in their places, false where the run was changed meanwhile (by retention, or by a
  ///     truncation) and everything is as it was, or why the disk did not let it be done. Does not run where the log was closed meanwhile.
  public func replaceSegments(
    in range: Range<Offset>, by replacements: [SegmentReplacement], _ completion: @escaping (Result<Bool, LogError>) -> Void
  ) throws(LogError) {
    try checkOnline()
    precondition(!isReplacingSegments, "segments of \(partition) are being replaced already")
    let former = try run(in: range)
    try check(replacements, for: former, in: range)
    let written = try perform { () throws(LogError) in
      try LogError.wrap { () throws(DiskFailure) in try write(replacements) }
    }
    isReplacingSegments = true
    let disk = reactor.disk
    let truncations = truncationCount
    var outstanding = written.count
    for (name, file) in written {
      reactor.whenDone(disk.sync(file)) { [weak self] error in
        disk.close(file)
        guard let self, !isClosed else { return }
        if let error { fail(DiskFailure(path: files.path(name), error: error)) }
        outstanding -= 1
        guard outstanding == 0 else { return }
        isReplacingSegments = false
        completion(truncations == truncationCount ? swapIn(replacements, for: former) : giveUp(replacements))
      }
    }
  }

  // MARK: What is asked for

  private func run(in range: Range<Offset>) throws(LogError) -> [LogSegment] {
    guard configuration.cleanupPolicy.contains(.compact) else { throw .conflict(path: directory, reason: "the topic is not compacted") }
    let run = segments.dropLast().filter { range.contains($0.baseOffset) }
    guard run.first?.baseOffset == range.lowerBound, segments.contains(where: { $0.baseOffset == range.upperBound }) else {
      throw .conflict(path: directory, reason: "no closed segments fill offsets \(range.lowerBound) to \(range.upperBound)")
    }
    return run
  }

  private func check(_ replacements: [SegmentReplacement], for former: [LogSegment], in range: Range<Offset>) throws(LogError) {
    guard replacements.first?.baseOffset == range.lowerBound else {
      throw .conflict(path: directory, reason: "the first segment of offsets \(range.lowerBound) to \(range.upperBound) has no replacement")
    }
    for (index, replacement) in replacements.enumerated() {
      let next = replacements.dropFirst(index + 1).first?.baseOffset ?? range.upperBound
      guard former.contains(where: { $0.baseOffset == replacement.baseOffset }), replacement.holdsBatches(below: next) else {
        throw .conflict(
          path: files.path(LogNames.file(replacement.baseOffset, LogNames.log)), reason: "what shall replace it is not made of batches from there to offset \(next)")
      }
    }
  }

  // MARK: Doing it

  private func write(_ replacements: [SegmentReplacement]) throws(DiskFailure) -> [(name: String, file: FileID)] {
    var written: [(name: String, file: FileID)] = []
    for replacement in replacements {
      let name = LogNames.file(replacement.baseOffset, LogNames.log) + LogNames.cleaned
      written.append((name, try files.write(replacement.records, to: name)))
    }
    return written
  }

  private func swapIn(_ replacements: [SegmentReplacement], for former: [LogSegment]) -> Result<Bool, LogError> {
    guard let first = segments.firstIndex(where: { $0 === former[0] }), segments.count > first + former.count,
      zip(segments[first...], former).allSatisfy({ $0 === $1 })
    else { return giveUp(replacements) }
    do throws(LogError) {
      try perform { () throws(LogError) in try swapIn(replacements, for: former, at: first) }
      return .success(true)
    } catch {
      return .failure(error)
    }
  }

  private func giveUp(_ replacements: [SegmentReplacement]) -> Result<Bool, LogError> {
    do throws(LogError) {
      try perform { () throws(LogError) in
        try LogError.wrap { () throws(DiskFailure) in try forget(replacements) }
      }
      return .success(false)
    } catch {
      return .failure(error)
    }
  }

  private func forget(_ replacements: [SegmentReplacement]) throws(DiskFailure) {
    for replacement in replacements { try files.remove(LogNames.file(replacement.baseOffset, LogNames.log) + LogNames.cleaned) }
  }

  private func swapIn(_ replacements: [SegmentReplacement], for former: [LogSegment], at first: Int) throws(LogError) {
    let names = replacements.map { LogNames.file($0.baseOffset, LogNames.log) }
    try LogError.wrap { () throws(DiskFailure) in
      for name in names.reversed() { try files.rename(name + LogNames.cleaned, to: name + LogNames.swap) }
      for segment in former {
        flushing.unsyncedSegments.removeAll { $0 === segment }
        // An index without a log would tell of a segment that somebody took away.
        removeLater(try segment.markDeleted(indexesFirst: true))
      }
      for name in names { try files.rename(name + LogNames.swap, to: name) }
    }
    let aborted = former.flatMap(\.transactionIndex.entries)
    var new: [LogSegment] = []
    for replacement in replacements { new.append(try open(replacement, abortedTransactions: aborted)) }
    segments.replaceSubrange(first..<first + former.count, with: new)
    flushing.unsyncedSegments += new
    flushing.areNamesDirty = true
    syncClosedParts()
  }

  /// Opens a replacement that has its own name now. Its indexes are built from what it holds. Of the transactions that are known to be aborted those
  /// stay known of which it holds a batch.
  private func open(_ replacement: SegmentReplacement, abortedTransactions: [AbortedTransaction]) throws(LogError) -> LogSegment {
    let segment = try LogError.wrap { () throws(DiskFailure) in
      try LogSegment(baseOffset: replacement.baseOffset, in: files, now: reactor.wallClock, rollJitter: .zero)
    }
    let aborted = Dictionary(grouping: abortedTransactions, by: \.producerID)
    var markers: Set<Offset> = []
    let size = replacement.records.count
    _ = try segment.recover(
      size: size, expecting: replacement.baseOffset, before: nil, allowsGaps: true, epoch: .unknown, indexIntervalBytes: configuration.indexIntervalBytes
    ) { (batch) throws(LogError) in
      for transaction in aborted[batch.producerID] ?? [] where transaction.firstOffset <= batch.lastOffset && batch.baseOffset <= transaction.lastOffset {
        markers.insert(transaction.lastOffset)
      }
    }
    guard segment.size == size else { throw segment.damaged(at: segment.size) }
    try LogError.wrap { () throws(DiskFailure) in
      for transaction in abortedTransactions where markers.contains(transaction.lastOffset) { try segment.transactionIndex.append(transaction) }
      try segment.becomeInactive()
    }
    return segment
  }
}

extension SegmentReplacement {
  /// Whether there is at least one batch, and each is sound, whole and behind the one before, up to an offset.
  fileprivate func holdsBatches(below end: Offset) -> Bool {
    var position = 0
    var lowest = baseOffset, epoch = LeaderEpoch.unknown
    while position < records.count {
      guard let batch = RecordBatch(soundIn: records, at: position), batch.baseOffset >= lowest, batch.nextOffset <= end,
        batch.lastOffset - baseOffset <= Int64(Int32.max), batch.partitionLeaderEpoch >= epoch
      else { return false }
      lowest = batch.nextOffset
      epoch = batch.partitionLeaderEpoch
      position += batch.sizeInBytes
    }
    return position > 0 && position <= LogSegment.largestSize
  }
}
