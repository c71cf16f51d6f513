import Host
import Log
import Primitives
import Replication

/// Checks what a log deletes by its own rules against its settings: nothing that is not committed, no segment that is younger than `retention.ms`, and never so much that less than
/// `retention.bytes` is left. What is deleted are whole segments, and nothing behind them.
enum DeletionsByRule {
  /// Called in the event in which segments were deleted.
  ///
  /// - Parameters:
  ///   - start: the log start offset before and after.
  ///   - now: by the broker's wall clock.
  static func check(
    _ rule: Occurrence.DeletionRule, _ segments: [Occurrence.DeletedSegment], start: (from: Offset, to: Offset), in replica: Partition, at now: Timestamp, _ check: inout InvariantCheck
  ) {
    guard let log = replica.log, log.failure == nil, let last = segments.last else { return }
    var words: String { "\(replica.topicPartition): segments \(segments.map(\.baseOffset)) up to \(last.endOffset) were deleted by \(rule.rawValue)" }
    check.require(last.endOffset <= replica.highWatermark, "\(words), and the high watermark is \(replica.highWatermark)")
    switch rule {
    case .retentionTime:
      guard let retention = log.configuration.retention, let newest = segments.map(\.newestTimestamp).max() else { return }
      check.require(newest.milliseconds < 0 || now - newest > retention, "\(words), of which one has a record that is \(now - newest) old, and retention.ms is \(retention)")
    case .retentionSize:
      guard let limit = log.configuration.retentionBytes else { return }
      check.require(Int64(log.sizeInBytes) >= limit, "\(words), which left \(log.sizeInBytes) bytes, and retention.bytes is \(limit)")
    case .belowLogStart, .deleteRecords:
      return check.require(last.endOffset <= start.to, "\(words), and the log starts at \(start.to)")
    }
    check.require(start.to <= max(start.from, last.endOffset), "\(words), and the log starts at \(start.to)")
  }
}
