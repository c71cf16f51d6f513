import Primitives
import Wire

/// The fields of a batch's header that a log goes by, parsed once and kept without the bytes.
struct BatchHeader {
  static let size = 61
  private static let magic: Int8 = 2

  let sizeInBytes: Int
  let baseOffset: Offset
  let lastOffset: Offset
  let leaderEpoch: LeaderEpoch
  let maxTimestamp: Timestamp
  /// The batch is of the one format that there is, magic 2.
  let isReadable: Bool

  var nextOffset: Offset { lastOffset + 1 }

  /// The header at a position, or nil where no possible batch of magic 2 begins there. Looks at the header alone: whether the whole batch is
  /// there and whether it is sound is for the caller to see.
  init?(_ bytes: Bytes, at position: Int) {
    self.init(framing: bytes, at: position)
    guard isReadable else { return nil }
  }

  /// The header at a position, whatever its format says: who only looks for the next batch goes by size and offsets alone, as Kafka does
  /// (`FileLogInputStream.nextBatch`), so that one damaged batch does not hide those behind it.
  init?(framing bytes: Bytes, at position: Int) {
    guard bytes.count - position >= Self.size else { return nil }
    let length: Int32 = bytes.integer(at: position + 8)
    let base: Int64 = bytes.integer(at: position)
    let delta: Int32 = bytes.integer(at: position + 23)
    let last = base.saturatingAdding(Int64(delta))
    guard length >= 49, base >= 0, delta >= 0, last < Offset.lastEnd.value else { return nil }
    sizeInBytes = Int(length) + 12
    baseOffset = Offset(base)
    lastOffset = Offset(last)
    leaderEpoch = LeaderEpoch(bytes.integer(at: position + 12))
    maxTimestamp = Timestamp(milliseconds: bytes.integer(at: position + 35))
    isReadable = bytes.integer(at: position + 16, as: Int8.self) == Self.magic
  }

  init(_ batch: RecordBatch) {
    sizeInBytes = batch.sizeInBytes
    baseOffset = batch.baseOffset
    lastOffset = batch.lastOffset
    leaderEpoch = batch.partitionLeaderEpoch
    maxTimestamp = batch.maxTimestamp
    isReadable = true
  }
}

extension Offset {
  /// No log ends behind this offset: one more batch of any size still fits below the largest offset. What says otherwise is damaged.
  static let lastEnd = Offset(.max - (1 << 32))
}
