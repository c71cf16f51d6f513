import Primitives

/// What of a compacted log could be cleaned now, and how much it needs it (`LogCleanerManager.cleanableOffsets`, `LogToClean`).
struct CleanableLog {
  let log: PartitionLog
  /// Up to here the log is clean.
  let firstDirtyOffset: Offset
  /// Where the first segment begins that must not be touched: the active one, one that is not stable below the high watermark, one that is younger
  /// than `min.compaction.lag.ms`.
  let firstUncleanableOffset: Offset
  let cleanBytes: Int
  let cleanableBytes: Int
  /// Something is older than `max.compaction.lag.ms` (KIP-354).
  let isOverdue: Bool

  /// What was written down of the log was no offset of it, or lay before its start.
  let isCheckpointInvalid: Bool
  /// After another truncation nothing of this is so any more.
  let truncationCount: Int

  /// - Parameter checkpoint: up to where former passes came.
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

  /// Which part of the log is dirty, from 0 to 1.
  var dirtyRatio: Double {
    let total = cleanBytes + cleanableBytes
    return total > 0 ? Double(cleanableBytes) / Double(total) : 0
  }

  var isWorthCleaning: Bool {
    cleanableBytes > 0 && (isOverdue || dirtyRatio > log.configuration.minCleanableDirtyRatio)
  }
}

extension PartitionLog {
  /// The index of the closed segment that holds an offset; the number of closed segments where the active one does.
  fileprivate func closedIndex(for offset: Offset) -> Int {
    offset >= active.baseOffset ? segments.count - 1 : segmentIndex(for: offset)
  }
}
