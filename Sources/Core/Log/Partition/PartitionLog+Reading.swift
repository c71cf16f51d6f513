import Primitives
import Wire

extension PartitionLog {
  /// Whole batches from the one that holds `offset` on, of one segment. None of them reaches behind `end`, which a caller sets to the
  /// high watermark, the last stable offset or the end of the log. Together they are at most `maxBytes`, apart from a first batch that
  /// is larger by itself where `minOneBatch` asks for progress (KIP-74).
  public func read(from offset: Offset, upTo end: Offset, maxBytes: Int, minOneBatch: Bool) throws(LogError) -> LogSlice {
    try checkOnline()
    guard offset >= logStartOffset, offset <= logEndOffset else {
      throw .offsetOutOfRange(requested: offset, logStartOffset: logStartOffset, logEndOffset: logEndOffset)
    }
    let end = min(end, logEndOffset)
    guard offset < end, maxBytes > 0 || minOneBatch else { return .empty(at: offset) }
    return try perform { () throws(LogError) in
      var index = active.baseOffset <= offset ? segments.count - 1 : segmentIndex(for: offset)
      // Where offsets jump between segments the next record stands in a later one.
      while index < segments.count - 1, segments[index].nextOffset <= offset { index += 1 }
      let segment = segments[index]
      guard segment.nextOffset > offset, !segment.isEmpty else { return .empty(at: offset) }
      return try segment.read(from: offset, upTo: end, maxBytes: maxBytes, minOneBatch: minOneBatch)
    }
  }

  /// The batch that holds an offset, as it stands on the disk, found header by header from the beginning of its segment: what an index says does not
  /// matter. nil if there is none, or where the way to it cannot be read. For whoever looks from outside: slow.
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

  // MARK: Lookups

  /// The first record whose timestamp is at or after another one; nil if there is none.
  public func offset(forTimestamp timestamp: Timestamp) throws(LogError) -> TimestampedOffset? {
    try perform { () throws(LogError) in
      for segment in segments where segment.maxTimestamp.timestamp >= timestamp && segment.nextOffset > logStartOffset {
        if let found = try segment.find(timestamp, from: logStartOffset) { return found }
      }
      return nil
    }
  }

  /// ListOffsets at the earliest offset (-2).
  public var earliestOffset: TimestampedOffset {
    let first = epochs.entries.first
    let epoch = first.flatMap { $0.startOffset <= logStartOffset ? epochs.epoch(at: logStartOffset) : nil }
    return TimestampedOffset(offset: logStartOffset, timestamp: .none, leaderEpoch: epoch)
  }

  /// The first record with the largest timestamp of the log (KIP-734); nil if no record has one.
  public func offsetOfMaxTimestamp() throws(LogError) -> TimestampedOffset? {
    try perform { () throws(LogError) in
      var latest: LogSegment?
      for segment in segments where segment.maxTimestamp.timestamp > latest?.maxTimestamp.timestamp ?? .none { latest = segment }
      return try latest?.findMaxTimestamp()
    }
  }
}
