import Host
import Primitives

extension PartitionLog {
  /// Replaces a range of closed segments with new ones: for compaction, which fits the remaining records of several segments into fewer. After a
  /// crash the log has either all of the old segments or all of the new ones. Besides the new ones it may have old ones that start after their last
  /// record, which the next compaction finds again.
  ///
  /// The new segments were written under names that end in `.cleaned`, and are synced here with their indexes. The rest is done at once: they are
  /// renamed to `.swap`, from the last to the first, the old ones are marked as deleted, from the first to the last, and the new ones get their final
  /// names. As long as one `.cleaned` file exists the new segments do not count; after that they do (`LocalLog.replaceSegments`; see `Leftovers` for
  /// what a crash leaves).
  ///
  /// Snapshots of producers stay: the removed records may have been the last ones of a producer. The topic's settings must say that it is compacted:
  /// otherwise a log with gaps would be considered damaged.
  ///
  /// - Parameters:
  ///   - range: From the base offset of the range's first segment to that of the first segment after it. It never includes the active segment.
  ///   - replacements: Not empty, ascending. Each starts at the base offset of one of the old segments, the first one at that of the first, and
  ///     holds at least one batch; none reaches the next one's base offset or the end of the range. They cannot be used again, whatever the result.
  ///   - completion: Gets true when the new segments are in place, false if the range was changed in the meantime (by retention, or by a
  ///     truncation) and nothing was replaced, or the disk's error. Not called if the log was closed in the meantime.
  func replaceSegments(
    in range: Range<Offset>, by replacements: [CleanedSegment], _ completion: @escaping (Result<Bool, LogError>) -> Void
  ) throws(LogError) {
    try checkOnline()
    precondition(!isReplacingSegments, "segments of \(partition) are being replaced already")
    let former = try run(in: range)
    try check(replacements, for: former, in: range)
    let syncs = try perform { () throws(LogError) in
      try LogError.wrap { () throws(DiskFailure) in try finish(replacements) }
    }
    isReplacingSegments = true
    let truncations = truncationCount
    var outstanding = syncs.count
    for (name, operation) in syncs {
      reactor.whenDone(operation) { [self] error in
        if let error { fail(DiskFailure(path: name, error: error)) }
        outstanding -= 1
        guard outstanding == 0 else { return }
        for replacement in replacements { replacement.segment.close() }
        guard !isClosed else { return }
        isReplacingSegments = false
        completion(truncations == truncationCount ? swapIn(replacements, for: former) : giveUp(replacements))
      }
    }
  }

  private func finish(_ replacements: [CleanedSegment]) throws(DiskFailure) -> [(name: String, operation: DiskOperation)] {
    var syncs: [(name: String, operation: DiskOperation)] = []
    for replacement in replacements {
      for operation in try replacement.finish() { syncs.append((files.path(replacement.segment.name), operation)) }
    }
    return syncs
  }

  // MARK: Validation

  private func run(in range: Range<Offset>) throws(LogError) -> [LogSegment] {
    guard configuration.cleanupPolicy.contains(.compact) else { throw .conflict(path: directory, reason: "the topic is not compacted") }
    let run = segments.dropLast().filter { range.contains($0.baseOffset) }
    guard run.first?.baseOffset == range.lowerBound, segments.contains(where: { $0.baseOffset == range.upperBound }) else {
      throw .conflict(path: directory, reason: "no closed segments fill offsets \(range.lowerBound) to \(range.upperBound)")
    }
    return run
  }

  private func check(_ replacements: [CleanedSegment], for former: [LogSegment], in range: Range<Offset>) throws(LogError) {
    guard replacements.first?.baseOffset == range.lowerBound else {
      throw .conflict(path: directory, reason: "the first segment of offsets \(range.lowerBound) to \(range.upperBound) has no replacement")
    }
    for (index, replacement) in replacements.enumerated() {
      let next = replacements.dropFirst(index + 1).first?.baseOffset ?? range.upperBound
      let segment = replacement.segment
      guard former.contains(where: { $0.baseOffset == replacement.baseOffset }), !segment.isEmpty, segment.nextOffset <= next else {
        throw .conflict(path: files.path(segment.name), reason: "it does not hold batches from a former segment's first offset to offset \(next)")
      }
    }
  }

  // MARK: Execution

  private func swapIn(_ replacements: [CleanedSegment], for former: [LogSegment]) -> Result<Bool, LogError> {
    guard let first = segments.firstIndex(where: { $0 === former[0] }), segments.count > first + former.count,
      zip(segments[first...], former).allSatisfy({ $0 === $1 })
    else { return giveUp(replacements) }
    do throws(LogError) {
      try perform { () throws(LogError) in
        try LogError.wrap { () throws(DiskFailure) in try swapIn(replacements, for: former, at: first) }
      }
      return .success(true)
    } catch {
      return .failure(error)
    }
  }

  private func giveUp(_ replacements: [CleanedSegment]) -> Result<Bool, LogError> {
    mark(.compactionOvertaken)
    do throws(LogError) {
      try discard(replacements)
      return .success(false)
    } catch {
      return .failure(error)
    }
  }

  /// Removes the files of segments that are no longer needed.
  func discard(_ replacements: [CleanedSegment]) throws(LogError) {
    try perform { () throws(LogError) in
      try LogError.wrap { () throws(DiskFailure) in
        for replacement in replacements { try replacement.discard() }
      }
    }
  }

  private func swapIn(_ replacements: [CleanedSegment], for former: [LogSegment], at first: Int) throws(DiskFailure) {
    let new = replacements.map(\.segment)
    for segment in new.reversed() { try segment.rename(from: LogNames.cleaned, to: LogNames.swap, logFirst: false) }
    for segment in former {
      flushing.unsyncedSegments.removeAll { $0 === segment }
      // An index without a log would suggest that somebody removed the segment.
      removeLater(try segment.markDeleted(indexesFirst: true))
    }
    var opened: [LogSegment] = []
    for segment in new {
      try segment.rename(from: LogNames.swap, to: "", logFirst: true)
      opened.append(try LogSegment(renamed: segment))
    }
    segments.replaceSubrange(first..<first + former.count, with: opened)
    knownGaps = zip(segments, segments.dropFirst()).filter { $0.nextOffset < $1.baseOffset }.map(\.1.baseOffset)
    flushing.areNamesDirty = true
    syncClosedParts()
  }
}
