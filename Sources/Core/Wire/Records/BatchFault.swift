import Primitives

/// Why bytes are not a record batch, or not one that the reader accepts. The reader decides what that means: a leader answers a client
/// with other codes than those that blame a disk.
public enum BatchFault: Error, Hashable, Sendable {
  /// The bytes end before the batch does, or before the batch's end can be determined.
  case cutOff(needed: Int, available: Int)
  /// The length field is smaller than that of any batch.
  case length(Int32)
  /// A format that is not supported.
  case magic(Int8)
  case codec(Int8)
  /// The last offset lies before the first, or no offset can follow it.
  case offsets(base: Offset, lastDelta: Int32)
  /// The number of records does not fit the offsets.
  case recordCount(Int32, offsets: Int64)
  case checksum(stored: UInt32, computed: UInt32)
}

extension WireError {
  /// The fault as a decoding error. Positions count from the same origin as the batch's position.
  public init(_ fault: BatchFault, ofBatchAt position: Int) {
    self =
      switch fault {
      case .cutOff(let needed, let available):
        .recordBatch(.endOfInput(needed: needed, available: available), "batchLength", at: position)
      case .length(let length): .recordBatch(.invalidLength(Int(length)), "batchLength", at: position + BatchLayout.batchLength)
      case .magic(let magic):
        .recordBatch(.invalidValue("magic \(magic); Kafka 4 supports only magic 2"), "magic", at: position + BatchLayout.magic)
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
