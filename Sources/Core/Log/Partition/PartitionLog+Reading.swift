import Primitives
import Wire

extension PartitionLog {
  /// Reads complete batches of one segment, starting with the one that holds `offset`. None of them reaches past `end`, which the caller sets to the
  /// high watermark, the last stable offset or the end of the log. Together they take at most `maxBytes`, except that with `minOneBatch` the first
  /// batch may be larger, so that the reader makes progress (KIP-74).
  public func read(from offset: Offset, upTo end: Offset, maxBytes: Int, minOneBatch: Bool) throws(LogError) -> LogSlice {
    try checkOnline()
    guard offset >= logStartOffset, offset <= logEndOffset else {
      throw .offsetOutOfRange(requested: offset, logStartOffset: logStartOffset, logEndOffset: logEndOffset)
    }
    let end = min(end, logEndOffset)
    guard offset < end, maxBytes > 0 || minOneBatch else { return .empty(at: offset) }
    return try perform { () throws(LogError) in
      var index = active.baseOffset <= offset ? segments.count - 1 : segmentIndex(for: offset)
      // If there is a gap between segments, or at the end of one, the next record is in a later one. A log may end in a gap (`LocalLog.read`).
      while index < segments.count {
        if segments[index].nextOffset > offset, let slice = try segments[index].read(from: offset, upTo: end, maxBytes: maxBytes, minOneBatch: minOneBatch) { return slice }
        index += 1
      }
      return .empty(at: offset)
    }
  }

  /// The batch that holds an offset, as it is stored on the disk, found header by header from the start of its segment, without the index. Nil if
  /// there is none, or if the headers before it cannot be read. For inspection from outside: slow.
  public func batchOnDisk(at offset: Offset) -> Bytes? {
    guard failure == nil, !isClosed else { return nil }
    let segment = segments[segmentIndex(for: offset)]
    var position = 0
    while position < segment.size, let header = try? segment.header(at: position), header.baseOffset <= offset {
      if header.nextOffset > offset { return try? segment.read(at: position, count: header.sizeInBytes) }
      position += header.sizeInBytes
    }
    return nil
  }

  /// The file that holds the last record below an offset, and how many of its bytes hold what is below; nil where memory does not tell. For inspection from outside.
  public func extent(below end: Offset) -> (path: String, bytes: Int)? {
    guard failure == nil, !isClosed, let segment = segments.last(where: { $0.baseOffset < end }) else { return nil }
    guard end < segment.nextOffset else { return (files.path(segment.name), segment.size) }
    return segment.recent.index(of: end).map { (files.path(segment.name), segment.recent.entries[$0].position) }
  }

  // MARK: Lookups

  /// The first record whose timestamp is at or after the given one; nil if there is none.
  public func offset(forTimestamp timestamp: Timestamp) throws(LogError) -> TimestampedOffset? {
    try perform { () throws(LogError) in
      for segment in segments where segment.maxTimestamp.timestamp >= timestamp && segment.nextOffset > logStartOffset {
        if let found = try segment.find(timestamp, from: logStartOffset) { return found }
      }
      return nil
    }
  }

  /// The result of ListOffsets for the earliest offset (-2).
  public var earliestOffset: TimestampedOffset {
    let first = epochs.entries.first
    let epoch = first.flatMap { $0.startOffset <= logStartOffset ? epochs.epoch(at: logStartOffset) : nil }
    return TimestampedOffset(offset: logStartOffset, timestamp: .none, leaderEpoch: epoch)
  }

  /// The first record with the largest timestamp of the log (KIP-734); nil if no record has a timestamp.
  public func offsetOfMaxTimestamp() throws(LogError) -> TimestampedOffset? {
    try perform { () throws(LogError) in
      var latest: LogSegment?
      for segment in segments where segment.maxTimestamp.timestamp > latest?.maxTimestamp.timestamp ?? .none { latest = segment }
      return try latest?.findMaxTimestamp()
    }
  }
}
