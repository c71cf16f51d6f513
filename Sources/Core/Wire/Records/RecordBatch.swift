import Primitives

/// A checked view on the bytes of exactly one record batch of magic 2 (KIP-98), the only format Kafka 4 reads and writes.
///
/// Making one checks lengths, magic, codec and counts, so that every property can be read without an error; it does not look at
/// the checksum (`validateChecksum`) nor at the records (`records`, `forEachRecord`, `RecordCursor`). Copying a batch shares its
/// bytes.
public struct RecordBatch: Sendable, Equatable {
  /// The whole batch, header and records, as it stands in logs and messages.
  public let bytes: Bytes

  @inlinable
  init(unchecked bytes: Bytes) { self.bytes = bytes }

  /// The batch that begins at a position of `bytes`; what follows it is left alone.
  public init(_ bytes: Bytes, at position: Int = 0) throws(WireError) {
    let size = try Self.size(of: bytes, at: position)
    guard size <= bytes.count - position else {
      throw .recordBatch(.endOfInput(needed: size, available: bytes.count - position), "batchLength", at: position)
    }
    let batch = RecordBatch(unchecked: bytes[position..<position + size])
    try batch.validateHeader(at: position)
    self = batch
  }

  /// Whole batches that stand one after another. A last one that is cut off is left out: responses to Fetch end where they reach
  /// their size limit. Nothing is left out anywhere else: a malformed batch is an error.
  public static func splitting(_ bytes: Bytes) throws(WireError) -> [RecordBatch] {
    var batches: [RecordBatch] = []
    var position = 0
    while bytes.count - position >= BatchLayout.records {
      let size = try Self.size(of: bytes, at: position)
      guard size <= bytes.count - position else { break }
      batches.append(try RecordBatch(bytes, at: position))
      position += size
    }
    return batches
  }

  /// How many bytes the batch at a position takes, itself possibly not all there. Needs 17 bytes of it; checks length and magic only.
  public static func size(of bytes: Bytes, at position: Int = 0) throws(WireError) -> Int {
    guard position >= 0, bytes.count - position > BatchLayout.magic else {
      throw .recordBatch(.endOfInput(needed: BatchLayout.records, available: max(bytes.count - position, 0)), "baseOffset", at: position)
    }
    let length = bytes.integer(at: position + BatchLayout.batchLength, as: Int32.self)
    let magic = bytes.integer(at: position + BatchLayout.magic, as: Int8.self)
    guard magic == BatchLayout.currentMagic else {
      throw .recordBatch(.invalidValue("magic \(magic); Kafka 4 knows only magic 2"), "magic", at: position + BatchLayout.magic)
    }
    let size = Int(length) + BatchLayout.lengthOverhead
    guard size >= BatchLayout.records else {
      throw .recordBatch(.invalidLength(Int(length)), "batchLength", at: position + BatchLayout.batchLength)
    }
    return size
  }

  private func validateHeader(at position: Int) throws(WireError) {
    let codec = Int8(attributes & BatchLayout.compressionMask)
    guard Compression(rawValue: codec) != nil else {
      throw .recordBatch(.invalidValue("codec \(codec); there are 0 to 4"), "attributes", at: position + BatchLayout.attributes)
    }
    guard lastOffsetDelta >= 0, !baseOffset.value.addingReportingOverflow(Int64(lastOffsetDelta) + 1).overflow else {
      throw .recordBatch(
        .invalidValue("\(lastOffsetDelta) from base offset \(baseOffset); the last offset is none"), "lastOffsetDelta",
        at: position + BatchLayout.lastOffsetDelta)
    }
    guard recordCount >= 0, Int64(recordCount) <= Int64(lastOffsetDelta) + 1 else {
      throw .recordBatch(
        .invalidValue("\(recordCount) records; the batch has \(Int64(lastOffsetDelta) + 1) offsets"), "recordsCount",
        at: position + BatchLayout.recordCount)
    }
  }
}

// MARK: Fields

extension RecordBatch {
  @inlinable public var sizeInBytes: Int { bytes.count }

  @inlinable public var baseOffset: Offset { Offset(bytes.integer(at: BatchLayout.baseOffset)) }
  /// Distance from the base offset to the last one the batch stands for. Survives compaction.
  @inlinable public var lastOffsetDelta: Int32 { bytes.integer(at: BatchLayout.lastOffsetDelta) }
  /// The last offset the batch stands for, which compaction may have left without a record.
  @inlinable public var lastOffset: Offset { baseOffset + Int64(lastOffsetDelta) }
  @inlinable public var nextOffset: Offset { baseOffset + (Int64(lastOffsetDelta) + 1) }
  @inlinable public var partitionLeaderEpoch: LeaderEpoch { LeaderEpoch(bytes.integer(at: BatchLayout.partitionLeaderEpoch)) }

  /// CRC-32C as written, over everything from the attributes to the end.
  @inlinable public var checksum: UInt32 { bytes.integer(at: BatchLayout.checksum) }

  @inlinable public var attributes: Int16 { bytes.integer(at: BatchLayout.attributes) }
  @inlinable public var compression: Compression { Compression(rawValue: Int8(attributes & BatchLayout.compressionMask)) ?? .none }
  @inlinable public var timestampType: TimestampType { attributes & BatchLayout.logAppendTime == 0 ? .createTime : .logAppendTime }
  @inlinable public var isTransactional: Bool { attributes & BatchLayout.transactional != 0 }
  @inlinable public var isControl: Bool { attributes & BatchLayout.control != 0 }

  /// What the records' timestamps are counted from: the first record's, where compaction did not put the delete horizon there.
  @inlinable public var baseTimestamp: Timestamp { Timestamp(milliseconds: bytes.integer(at: BatchLayout.baseTimestamp)) }
  @inlinable public var maxTimestamp: Timestamp { Timestamp(milliseconds: bytes.integer(at: BatchLayout.maxTimestamp)) }
  /// When compaction may drop the tombstones of this batch (KIP-534).
  @inlinable public var deleteHorizon: Timestamp? { attributes & BatchLayout.deleteHorizon == 0 ? nil : baseTimestamp }

  /// -1 where the producer is neither idempotent nor transactional.
  @inlinable public var producerID: Int64 { bytes.integer(at: BatchLayout.producerID) }
  @inlinable public var producerEpoch: Int16 { bytes.integer(at: BatchLayout.producerEpoch) }
  @inlinable public var hasProducerID: Bool { producerID >= 0 }
  @inlinable public var baseSequence: Int32 { bytes.integer(at: BatchLayout.baseSequence) }
  /// Sequence of the last offset, -1 without a base sequence. Sequences go from 2147483647 on to 0.
  @inlinable public var lastSequence: Int32 {
    baseSequence < 0 ? baseSequence : Int32(truncatingIfNeeded: (Int64(baseSequence) + Int64(lastOffsetDelta)) & 0x7fff_ffff)
  }

  /// As the header says. 0 is legal: compaction keeps the header of an emptied batch for its producer's state.
  @inlinable public var recordCount: Int32 { bytes.integer(at: BatchLayout.recordCount) }

  /// The records as they stand in the batch, compressed where the batch is.
  @inlinable public var recordBytes: Bytes { bytes[BatchLayout.records...] }
}

// MARK: Checksum

extension RecordBatch {
  @inlinable public var computedChecksum: UInt32 {
    bytes.withUnsafeBytes { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[BatchLayout.attributes...])) }
  }

  @inlinable public var hasValidChecksum: Bool { computedChecksum == checksum }

  public func validateChecksum() throws(WireError) {
    let computed = computedChecksum
    guard computed == checksum else {
      throw .recordBatch(.checksumMismatch(stored: checksum, computed: computed), "crc", at: BatchLayout.checksum)
    }
  }
}
