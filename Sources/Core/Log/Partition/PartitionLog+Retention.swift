import Host
import Primitives

extension PartitionLog {
  /// Moves the first readable offset, as DeleteRecords and a leader's responses do. Never backwards, and never past the end of the log. Segments that
  /// lie wholly below it are deleted by the next `enforceRetention`.
  ///
  /// - Parameter rule: The rule by which the records below are given up; nil if a follower adopts the leader's log start offset.
  public func advanceLogStartOffset(to offset: Offset, by rule: Occurrence.DeletionRule? = nil) throws(LogError) {
    try checkOnline()
    guard offset <= logEndOffset else {
      throw .offsetOutOfRange(requested: offset, logStartOffset: logStartOffset, logEndOffset: logEndOffset)
    }
    guard offset > logStartOffset else { return }
    let former = logStartOffset
    logStartOffset = offset
    if epochs.truncateFromStart(offset) { writeEpochs(from: offset) }
    if let rule { reactor.report(.recordsDeleted(partition, from: former, to: offset, rule: rule, segments: [])) }
  }

  /// Deletes old segments: always those below the log start offset and, if `cleanup.policy` includes delete, those that exceed the time or size
  /// limit. Segments that reach above the high watermark are kept. Returns the number of deleted segments.
  @discardableResult
  public func enforceRetention(highWatermark: Offset) throws(LogError) -> Int {
    try checkOnline()
    let former = logStartOffset
    var deleted = 0
    if configuration.cleanupPolicy.contains(.delete) {
      deleted += try deleteByAge(highWatermark)
      deleted += try deleteBySize(highWatermark)
    }
    deleted += try deleteOldest(below: highWatermark, by: .belowLogStart) { _, next in next <= logStartOffset }
    requireRetained(highWatermark, from: former)
    return deleted
  }

  private func deleteByAge(_ highWatermark: Offset) throws(LogError) -> Int {
    guard let retention = configuration.retention else { return 0 }
    let now = reactor.wallClock
    return try deleteOldest(below: highWatermark, by: .retentionTime) { segment, _ in now - largestTimestamp(of: segment) > retention }
  }

  private func deleteBySize(_ highWatermark: Offset) throws(LogError) -> Int {
    guard let limit = configuration.retentionBytes else { return 0 }
    var excess = Int64(sizeInBytes) - limit
    return try deleteOldest(below: highWatermark, by: .retentionSize) { segment, _ in
      guard excess >= Int64(segment.size), excess > 0 else { return false }
      excess -= Int64(segment.size)
      return true
    }
  }

  private func largestTimestamp(of segment: LogSegment) -> Timestamp {
    if segment.maxTimestamp.timestamp.milliseconds >= 0 { return segment.maxTimestamp.timestamp }
    return reactor.disk.modified(files.path(segment.name)) ?? segment.created
  }

  /// Deletes the oldest segments while a condition holds for each and its end offset. The active segment is first replaced with an empty one.
  private func deleteOldest(
    below highWatermark: Offset, by rule: Occurrence.DeletionRule, while condition: (LogSegment, Offset) -> Bool
  ) throws(LogError) -> Int {
    var deleted: [Occurrence.DeletedSegment] = []
    for (index, segment) in segments.enumerated() {
      let isActive = index == segments.count - 1
      let end = isActive ? logEndOffset : segments[index + 1].baseOffset
      guard end <= highWatermark, !(isActive && segment.isEmpty), condition(segment, end) else { break }
      deleted.append(Occurrence.DeletedSegment(baseOffset: segment.baseOffset, endOffset: end, newestTimestamp: segment.maxTimestamp.timestamp))
    }
    guard !deleted.isEmpty else { return 0 }
    let former = logStartOffset
    try perform { () throws(LogError) in
      if deleted.count == segments.count {
        mark(.wholeLogExpired)
        try roll(at: logEndOffset)
      }
      try deleteSegments(deleted.count)
    }
    try advanceLogStartOffset(to: max(logStartOffset, segments[0].baseOffset))
    reactor.report(.recordsDeleted(partition, from: former, to: logStartOffset, rule: rule, segments: deleted))
    return deleted.count
  }

  private func deleteSegments(_ count: Int) throws(LogError) {
    for segment in segments.prefix(count) {
      flushing.unsyncedSegments.removeAll { $0 === segment }
      let names = try LogError.wrap { () throws(DiskFailure) in try segment.markDeleted() }
      removeLater(names)
    }
    segments.removeFirst(count)
    flushing.areNamesDirty = true
    try LogError.wrap { () throws(DiskFailure) in try removeSnapshotsOfDeletedSegments() }
    syncClosedParts()
  }

  /// The newest snapshot is always kept: it may be the only record of the producers' state.
  private func removeSnapshotsOfDeletedSegments() throws(DiskFailure) {
    while snapshots.count > 1, let first = snapshots.first, first < segments[0].baseOffset {
      snapshots.removeFirst()
      try files.remove(LogNames.file(first, LogNames.snapshot))
    }
  }

  /// Deleted files stay readable for `file.delete.delay.ms`, as in Kafka.
  func removeLater(_ names: [String]) {
    // The log stays until then: a weak reference would slow down every use of it.
    reactor.after(configuration.fileDeleteDelay) { [self] in
      guard failure == nil, !isClosed else { return }
      do throws(DiskFailure) {
        for name in names { try files.remove(name) }
      } catch {
        fail(error)
      }
    }
  }
}
