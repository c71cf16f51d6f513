import Primitives
import Wire

extension LogSegment {
  /// Reads complete batches, starting with the one that holds `offset`, as long as they start below `end` and fit into `maxBytes`; with
  /// `minOneBatch`, the first one regardless of its size. `offset` lies below `nextOffset`. Nil if no batch holds it or follows (`locate`).
  ///
  /// At the tail this takes two short searches and one disk read.
  func read(from offset: Offset, upTo end: Offset, maxBytes: Int, minOneBatch: Bool) throws(LogError) -> LogSlice? {
    if let first = recent.index(of: offset) {
      return try readRecent(first, from: offset, upTo: end, maxBytes: maxBytes, minOneBatch: minOneBatch)
    }
    guard let (start, batch) = try locate(offset) else { return nil }
    guard batch.nextOffset <= end, batch.sizeInBytes <= maxBytes || minOneBatch else { return .empty(at: offset) }
    let shared = sharedBytes(at: start)
    let limit = shared >= max(batch.sizeInBytes, Self.leastShared) ? shared : .max
    let bytes = try read(at: start, count: min(max(maxBytes, batch.sizeInBytes), size - start, limit))
    var length = 0
    var next = offset
    while let header = BatchHeader(logged: bytes, at: length), header.nextOffset <= end, length + header.sizeInBytes <= bytes.count {
      length += header.sizeInBytes
      next = header.nextOffset
    }
    guard length > 0 else { throw damaged(at: start) }
    rememberReadEnd(next, at: start + length)
    return LogSlice(records: bytes[0..<length], baseOffset: batch.baseOffset, nextOffset: next)
  }

  private func readRecent(_ first: Int, from offset: Offset, upTo end: Offset, maxBytes: Int, minOneBatch: Bool) throws(LogError) -> LogSlice {
    let batches = recent.entries
    let start = batches[first].position
    // The index after the last batch to read.
    var last = end >= nextOffset ? batches.count : batches.partitioningIndex { $0.nextOffset > end }
    guard last > first else { return .empty(at: offset) }
    if endPosition(last) - start > maxBytes {
      let fitting = (first + 1..<last).partitioningIndex { endPosition($0) - start > maxBytes } - 1
      last = fitting == first && minOneBatch ? first + 1 : fitting
      guard last > first else { return .empty(at: offset) }
    }
    last = lastShared(first, last, from: start)
    let bytes = try read(at: start, count: endPosition(last) - start)
    return LogSlice(records: bytes, baseOffset: batches[first].baseOffset, nextOffset: batches[last - 1].nextOffset)
  }

  /// A read ends early if continuing would copy bytes that are otherwise shared. Below this size it continues, because a copy of little data costs
  /// less than another fetch.
  private static let leastShared = 1 << 16

  /// The end of the batches that are read without a copy, or the given one.
  private func lastShared(_ first: Int, _ last: Int, from start: Int) -> Int {
    // For little data it does not matter whether it is shared.
    guard endPosition(last) - start > Self.leastShared else { return last }
    let shared = sharedBytes(at: start)
    guard endPosition(last) - start > shared, max(endPosition(first + 1) - start, Self.leastShared) <= shared else { return last }
    return (first + 1..<last).partitioningIndex { endPosition($0) - start > shared } - 1
  }

  /// Where the batch before this index of the recent ones ends.
  private func endPosition(_ index: Int) -> Int { index < recent.entries.count ? recent.entries[index].position : size }

  /// The first record at or after an offset whose timestamp is at or after the given one.
  func find(_ timestamp: Timestamp, from offset: Offset) throws(LogError) -> TimestampedOffset? {
    guard maxTimestamp.timestamp >= timestamp else { return nil }
    var position = try position(from: max(timeIndex.offset(before: timestamp), offset))
    while position < size {
      let header = try header(at: position)
      if header.maxTimestamp >= timestamp, header.lastOffset >= offset {
        let batch = try batch(at: position, header)
        let found = try firstRecord(of: batch) { $0.timestamp >= timestamp && $0.offset >= offset }
        if let found { return found }
      }
      position += header.sizeInBytes
    }
    return nil
  }

  /// Where the batch begins that holds an offset, or the first one after it; the end of the segment if there is none.
  func position(from offset: Offset) throws(LogError) -> Int { offset < nextOffset ? try locate(offset)?.position ?? size : size }

  /// The first record with the segment's largest timestamp; nil if no record has a timestamp.
  func findMaxTimestamp() throws(LogError) -> TimestampedOffset? {
    guard maxTimestamp.timestamp.milliseconds >= 0 else { return nil }
    guard let (position, header) = try locate(maxTimestamp.offset) else { return nil }
    return try firstRecord(of: batch(at: position, header)) { $0.timestamp >= header.maxTimestamp }
  }

  func batch(at position: Int, _ header: BatchHeader) throws(LogError) -> RecordBatch {
    do { return try RecordBatch(try read(at: position, count: header.sizeInBytes)) } catch let error as LogError { throw error } catch {
      throw damaged(at: position)
    }
  }

  private func firstRecord(of batch: RecordBatch, where matches: (RecordView) -> Bool) throws(LogError) -> TimestampedOffset? {
    do {
      var cursor = try RecordCursor(batch)
      while try cursor.next() {
        let record = cursor.current
        if matches(record) {
          return TimestampedOffset(offset: record.offset, timestamp: record.timestamp, leaderEpoch: batch.partitionLeaderEpoch)
        }
      }
      return nil
    } catch {
      throw .damaged(path: files.path(name), reason: "the batch at offset \(batch.baseOffset): \(error)")
    }
  }
}
