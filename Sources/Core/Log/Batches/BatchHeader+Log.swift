import Primitives
import Wire

extension BatchHeader {
  /// The header at a position of a log, or nil if no possible batch of magic 2 starts there. Reads only the header: the caller has to check whether
  /// the whole batch is there and valid.
  init?(logged bytes: Bytes, at position: Int) {
    self.init(framing: bytes, at: position)
    guard isReadable else { return nil }
  }

  /// The header at a position of a log, whatever its format: for finding the next batch.
  init?(framing bytes: Bytes, at position: Int) {
    self.init(bytes, at: position)
    guard isPossible(below: .lastEnd) else { return nil }
  }
}

extension RecordBatch {
  /// The batch at a position of a log; nil unless it is complete, readable and has the right checksum.
  init?(soundIn bytes: Bytes, at position: Int = 0) {
    guard let header = BatchHeader(logged: bytes, at: position), header.sizeInBytes <= bytes.count - position,
      let batch = try? RecordBatch(checking: bytes, at: position), batch.hasValidChecksum
    else { return nil }
    self = batch
  }
}

extension Offset {
  /// No log ends behind this offset: one more batch of any size still fits below the largest offset. What says otherwise is damaged.
  package static let lastEnd = Offset(.max - (1 << 32))
}
