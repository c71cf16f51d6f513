import Primitives

/// A checked view of the bytes of exactly one record batch of magic 2 (KIP-98), the only format that Kafka 4 reads and writes.
///
/// Making one checks lengths, magic, codec and counts, so that every property can be read without an error. It does not check
/// the checksum (`validateChecksum`) or the records (`records`, `forEachRecord`, `RecordCursor`). Copying a batch shares its
/// bytes.
public struct RecordBatch: Sendable, Equatable {
  /// The whole batch, header and records, as in logs and messages.
  public let bytes: Bytes

  @inlinable
  init(unchecked bytes: Bytes) { self.bytes = bytes }

  /// Reads the batch that starts at a position of `bytes`, and ignores what follows it.
  public init(_ bytes: Bytes, at position: Int = 0) throws(WireError) {
    do { try self.init(checking: bytes, at: position) } catch { throw WireError(error, ofBatchAt: position) }
  }

  /// As above, but throws the fault itself.
  public init(checking bytes: Bytes, at position: Int = 0) throws(BatchFault) {
    let size = try BatchHeader.sizeOfBatch(in: bytes, at: position)
    guard size <= bytes.count - position else { throw .cutOff(needed: size, available: bytes.count - position) }
    try self.init(checking: BatchHeader(reading: bytes, at: position), of: bytes, at: position)
  }

  /// The batch with a header that was read at a position, of magic 2, and with all its bytes there.
  public init(checking header: BatchHeader, of bytes: Bytes, at position: Int) throws(BatchFault) {
    try header.checkCodec()
    try header.checkOffsets()
    try header.checkRecordCount()
    self.init(unchecked: bytes[position..<position + header.sizeInBytes])
  }

  /// The batch at a position, or nil if it is incomplete: responses to Fetch end where they reach their size limit. Throws if the batch is malformed.
  public static func next(in bytes: Bytes, at position: Int) throws(WireError) -> RecordBatch? {
    let rest = bytes.count - position
    do {
      guard rest >= BatchHeader.size, try BatchHeader.sizeOfBatch(in: bytes, at: position) <= rest else { return nil }
      return try RecordBatch(checking: bytes, at: position)
    } catch {
      throw WireError(error, ofBatchAt: position)
    }
  }

  /// Splits bytes into consecutive complete batches; an incomplete last one is dropped. Nothing else is left out.
  public static func splitting(_ bytes: Bytes) throws(WireError) -> [RecordBatch] {
    var batches: [RecordBatch] = []
    var position = 0
    while let batch = try next(in: bytes, at: position) {
      batches.append(batch)
      position += batch.sizeInBytes
    }
    return batches
  }
}

// MARK: Fields

extension RecordBatch {
  /// All fields of the header, to be kept without the bytes.
  @inlinable public var header: BatchHeader { BatchHeader(reading: bytes, at: 0) }

  @inlinable public var sizeInBytes: Int { bytes.count }

  @inlinable public var baseOffset: Offset { Offset(bytes.integer(at: BatchLayout.baseOffset)) }
  /// Distance from the base offset to the last offset of the batch. Survives compaction.
  @inlinable public var lastOffsetDelta: Int32 { bytes.integer(at: BatchLayout.lastOffsetDelta) }
  /// The last offset of the batch, whose record compaction may have removed.
  @inlinable public var lastOffset: Offset { baseOffset + Int64(lastOffsetDelta) }
  @inlinable public var nextOffset: Offset { baseOffset + (Int64(lastOffsetDelta) + 1) }
  @inlinable public var partitionLeaderEpoch: LeaderEpoch { LeaderEpoch(bytes.integer(at: BatchLayout.partitionLeaderEpoch)) }

  /// The stored CRC-32C, over everything from the attributes to the end.
  @inlinable public var checksum: UInt32 { bytes.integer(at: BatchLayout.checksum) }

  @inlinable public var attributes: Int16 { bytes.integer(at: BatchLayout.attributes) }
  @inlinable public var compression: Compression { Compression(rawValue: Int8(attributes & BatchLayout.compressionMask)) ?? .none }
  @inlinable public var timestampType: TimestampType { attributes & BatchLayout.logAppendTime == 0 ? .createTime : .logAppendTime }
  @inlinable public var isTransactional: Bool { attributes & BatchLayout.transactional != 0 }
  @inlinable public var isControl: Bool { attributes & BatchLayout.control != 0 }

  /// What the records' timestamps are counted from: the first record's timestamp, unless compaction stored the delete horizon here.
  @inlinable public var baseTimestamp: Timestamp { Timestamp(milliseconds: bytes.integer(at: BatchLayout.baseTimestamp)) }
  @inlinable public var maxTimestamp: Timestamp { Timestamp(milliseconds: bytes.integer(at: BatchLayout.maxTimestamp)) }
  /// When compaction may drop the tombstones of this batch (KIP-534).
  @inlinable public var deleteHorizon: Timestamp? { attributes & BatchLayout.deleteHorizon == 0 ? nil : baseTimestamp }

  /// -1 if the producer is neither idempotent nor transactional.
  @inlinable public var producerID: Int64 { bytes.integer(at: BatchLayout.producerID) }
  @inlinable public var producerEpoch: Int16 { bytes.integer(at: BatchLayout.producerEpoch) }
  @inlinable public var hasProducerID: Bool { producerID >= 0 }
  @inlinable public var baseSequence: Int32 { bytes.integer(at: BatchLayout.baseSequence) }
  /// Sequence of the last offset, -1 without a base sequence. Sequences wrap from 2147483647 to 0.
  @inlinable public var lastSequence: Int32 {
    baseSequence < 0 ? baseSequence : SequenceNumber.advanced(baseSequence, by: Int(lastOffsetDelta))
  }

  /// The number of records in the header. 0 is legal: compaction keeps the header of an emptied batch for its producer's state.
  @inlinable public var recordCount: Int32 { bytes.integer(at: BatchLayout.recordCount) }

  /// The records as stored in the batch, compressed if the batch is.
  @inlinable public var recordBytes: Bytes { bytes[BatchLayout.records...] }
}

// MARK: Checksum

extension RecordBatch {
  @inlinable public var computedChecksum: UInt32 {
    bytes.withUnsafeBytes { BatchHeader.checksum(of: $0) }
  }

  @inlinable public var hasValidChecksum: Bool { computedChecksum == checksum }

  public func validateChecksum() throws(WireError) {
    let computed = computedChecksum
    guard computed == checksum else { throw WireError(.checksum(stored: checksum, computed: computed), ofBatchAt: 0) }
  }
}
