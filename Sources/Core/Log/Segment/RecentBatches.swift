import Primitives
import Wire

/// The positions of the newest batches of a segment. Reads at the tail, nearly all reads, find their range here without touching the disk.
struct RecentBatches {
  struct Entry {
    var baseOffset: Offset
    var nextOffset: Offset
    var position: Int
  }

  /// Without a gap up to the end of the segment.
  private(set) var entries: [Entry] = []
  private static let kept = 128

  mutating func append(_ batch: BatchHeader, at position: Int) {
    if entries.count == 2 * Self.kept { entries.removeFirst(Self.kept) }
    entries.append(Entry(baseOffset: batch.baseOffset, nextOffset: batch.nextOffset, position: position))
  }

  mutating func truncate(toLogSize size: Int) {
    entries.removeSubrange(entries.partitioningIndex { $0.position >= size }...)
  }

  mutating func removeAll() { entries = [] }

  /// The batch with an offset, or the first one after it; nil if that batch may be older than the recent ones, or is not there yet.
  func index(of offset: Offset) -> Int? {
    guard let first = entries.first, offset >= first.baseOffset, let last = entries.last, offset < last.nextOffset else { return nil }
    if offset >= last.baseOffset { return entries.count - 1 }
    return entries.partitioningIndex { $0.nextOffset > offset }
  }
}
