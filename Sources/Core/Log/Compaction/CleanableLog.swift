import Primitives

/// The part of a compacted log that could be cleaned now, and how urgent that is (`LogCleanerManager.cleanableOffsets`, `LogToClean`).
struct CleanableLog {
  let log: PartitionLog
  /// The log is clean up to here.
  let firstDirtyOffset: Offset
  /// The base offset of the first segment that must not be cleaned: the active one, one that is not stable below the high watermark, or one that is
  /// younger than `min.compaction.lag.ms`.
  let firstUncleanableOffset: Offset
  let cleanBytes: Int
  let cleanableBytes: Int
  /// Whether something is older than `max.compaction.lag.ms` (KIP-354).
  let isOverdue: Bool

  /// Whether the checkpoint's offset was outside the log.
  let isCheckpointInvalid: Bool
  /// The log's truncation count when this was computed; after another truncation it is no longer valid.
  let truncationCount: Int

  /// - Parameter checkpoint: The offset up to which earlier passes cleaned the log.
  init(_ log: PartitionLog, checkpoint: Offset?, highWatermark: Offset, now: Timestamp) {
    self.log = log
    truncationCount = log.truncationCount
    let configuration = log.configuration
    let start = log.logStartOffset
    let isWithin = checkpoint.map { $0 >= start && $0 <= log.logEndOffset } ?? true
    isCheckpointInvalid = !isWithin
    let firstDirty = isWithin ? checkpoint ?? start : start
    firstDirtyOffset = firstDirty

    let closed = log.segments.dropLast()
    let dirty = closed[log.closedIndex(for: firstDirty)...]
    var limit = min(log.lastStableOffset(highWatermark: highWatermark), log.active.baseOffset)
    if configuration.minCompactionLag > .zero {
      let youngest = now - configuration.minCompactionLag
      if let young = dirty.first(where: { $0.maxTimestamp.timestamp > youngest }) { limit = min(limit, young.baseOffset) }
    }
    limit = max(firstDirty, limit)
    let uncleanable = log.closedIndex(for: limit)
    let end = uncleanable < closed.count ? closed[uncleanable].baseOffset : log.active.baseOffset
    firstUncleanableOffset = end

    cleanBytes = closed.prefix { $0.baseOffset < firstDirty }.reduce(0) { $0 + $1.size }
    let first = log.closedIndex(for: min(firstDirty, end))
    cleanableBytes = first < uncleanable ? closed[first..<uncleanable].reduce(0) { $0 + $1.size } : 0

    let overdue = now - configuration.maxCompactionLag
    isOverdue = dirty.contains { segment in segment.firstTimestamp.map { $0.milliseconds > 0 && $0 < overdue } ?? false }
  }

  /// The fraction of the log that is dirty, from 0 to 1.
  var dirtyRatio: Double {
    let total = cleanBytes + cleanableBytes
    return total > 0 ? Double(cleanableBytes) / Double(total) : 0
  }

  var isWorthCleaning: Bool {
    cleanableBytes > 0 && (isOverdue || dirtyRatio > log.configuration.minCleanableDirtyRatio)
  }
}

extension PartitionLog {
  /// The index of the closed segment that holds an offset; the number of closed segments if the active one does.
  fileprivate func closedIndex(for offset: Offset) -> Int {
    offset >= active.baseOffset ? segments.count - 1 : segmentIndex(for: offset)
  }
}
