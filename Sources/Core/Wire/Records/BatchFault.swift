import Primitives

/// Why bytes are no record batch, or none that its reader takes. What that means is for the reader to say: a client is told other codes by a leader
/// than a disk is blamed for.
public enum BatchFault: Error, Hashable, Sendable {
  /// The bytes end before the batch, or before it can be told where that ends.
  case cutOff(needed: Int, available: Int)
  /// The length field says less than any batch takes.
  case length(Int32)
  /// A format that is not read.
  case magic(Int8)
  case codec(Int8)
  /// The last offset lies before the first, or none can follow it.
  case offsets(base: Offset, lastDelta: Int32)
  /// The records do not fit the offsets.
  case recordCount(Int32, offsets: Int64)
  case checksum(stored: UInt32, computed: UInt32)
}

extension WireError {
  /// The fault as an error of decoding. Positions count from where those of the batch do.
  public init(_ fault: BatchFault, ofBatchAt position: Int) {
    self =
      switch fault {
      case .cutOff(let needed, let available):
        .recordBatch(.endOfInput(needed: needed, available: available), "batchLength", at: position)
      case .length(let length): .recordBatch(.invalidLength(Int(length)), "batchLength", at: position + BatchLayout.batchLength)
      case .magic(let magic):
        .recordBatch(.invalidValue("magic \(magic); Kafka 4 knows only magic 2"), "magic", at: position + BatchLayout.magic)
      case .codec(let codec): .recordBatch(.invalidValue("codec \(codec); there are 0 to 4"), "attributes", at: position + BatchLayout.attributes)
      case .offsets(let base, let lastDelta):
        .recordBatch(
          .invalidValue("\(lastDelta) from base offset \(base); the last offset is none"), "lastOffsetDelta",
          at: position + BatchLayout.lastOffsetDelta)
      case .recordCount(let count, let offsets):
        .recordBatch(.invalidValue("\(count) records; the batch has \(offsets) offsets"), "recordsCount", at: position + BatchLayout.recordCount)
      case .checksum(let stored, let computed):
        .recordBatch(.checksumMismatch(stored: stored, computed: computed), "crc", at: position + BatchLayout.checksum)
      }
  }
}
