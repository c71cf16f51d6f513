import Host
import Primitives
import Wire

/// Holds the offset index and the time index of a segment against its batches, from the first one to the last.
struct IndexReader {
  private let segment: LogSegment
  private var offsets: ArraySlice<OffsetIndex.Entry>
  private var times: ArraySlice<TimeIndex.Entry>
  /// The largest timestamp so far.
  private var largest = Timestamp.none

  init(of segment: LogSegment) {
    self.segment = segment
    offsets = segment.offsetIndex.entries[...]
    times = segment.timeIndex.entries[...]
  }

  /// Checks the entries that lead to a batch, or to what is before it.
  mutating func pass(_ batch: BatchHeader, at position: Int, _ check: inout InvariantCheck) {
    while let entry = offsets.first, Int(entry.position) <= position {
      offsets.removeFirst()
      let offset = segment.baseOffset + Int64(entry.relativeOffset)
      check.require(
        Int(entry.position) == position && batch.lastOffset <= offset,
        "\(words): the offset index has offset \(offset) at byte \(entry.position), and the batch that ends with \(batch.lastOffset) begins at byte \(position)")
    }
    while let entry = times.first, offset(of: entry) < batch.lastOffset {
      times.removeFirst()
      hold(entry, &check)
    }
    largest = max(largest, batch.maxTimestamp)
  }

  /// Checks what leads behind the last batch.
  func end(_ check: inout InvariantCheck) {
    if let entry = offsets.first { check.require(false, "\(words): the offset index leads to byte \(entry.position), where no batch begins") }
    for entry in times { hold(entry, &check) }
    let known = segment.maxTimestamp.timestamp
    check.require(
      largest <= known, "\(words): nothing in the segment counts as later than \(known), and a batch is of \(largest)")
  }

  /// Checks an entry, behind the batches of which it tells.
  private func hold(_ entry: TimeIndex.Entry, _ check: inout InvariantCheck) {
    check.require(
      largest <= entry.timestamp, "\(words): by the time index nothing up to offset \(offset(of: entry)) is later than \(entry.timestamp), and a batch there is of \(largest)")
  }

  private func offset(of entry: TimeIndex.Entry) -> Offset { segment.baseOffset + Int64(entry.relativeOffset) }
  private var words: String { segment.files.path(segment.name) }
}
