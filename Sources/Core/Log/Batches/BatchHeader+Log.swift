import Primitives
import Wire

extension BatchHeader {
  /// The header at a position of a log, or nil if no possible batch of magic 2 begins there. Looks at the header alone: whether the whole batch is
  /// there and whether it is sound is for the caller to see.
  init?(logged bytes: Bytes, at position: Int) {
    self.init(framing: bytes, at: position)
    guard isReadable else { return nil }
  }

  /// The header at a position of a log, whatever its format says: for looking for the next batch.
  init?(framing bytes: Bytes, at position: Int) {
    self.init(bytes, at: position)
    guard isPossible(below: .lastEnd) else { return nil }
  }
}

extension RecordBatch {
  /// The batch at a position of a log, where it is whole, can be read, and has the right checksum.
  init?(soundIn bytes: Bytes, at position: Int = 0) {
    guard let header = BatchHeader(logged: bytes, at: position), header.sizeInBytes <= bytes.count - position,
      let batch = try? RecordBatch(checking: bytes, at: position), batch.hasValidChecksum
    else { return nil }
    self = batch
  }
}

extension Offset {
  /// No log ends behind this offset: one more batch of any size still fits below the largest offset. What says otherwise is damaged.
  static let lastEnd = Offset(.max - (1 << 32))
}
