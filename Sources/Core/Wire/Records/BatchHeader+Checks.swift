import Primitives

// MARK: The end of a batch

extension BatchHeader {
  /// The size in bytes of the batch at a position, which may be incomplete. Looks only at magic and length, and needs 17 bytes.
  public static func sizeOfBatch(in bytes: Bytes, at position: Int = 0) throws(BatchFault) -> Int {
    guard position >= 0, bytes.count - position > BatchLayout.magic else {
      throw .cutOff(needed: BatchLayout.records, available: max(bytes.count - position, 0))
    }
    let length = bytes.integer(at: position + BatchLayout.batchLength, as: Int32.self)
    let magic = bytes.integer(at: position + BatchLayout.magic, as: Int8.self)
    guard magic == BatchLayout.currentMagic else { throw .magic(magic) }
    guard length >= BatchLayout.smallestLength else { throw .length(length) }
    return Int(length) + BatchLayout.lengthOverhead
  }

  /// The size in bytes of the next batch that a producer sent, as a leader reads it (`ByteBufferLogInputStream.nextBatchSize`). Nil if
  /// no complete batch follows: an incomplete rest is ignored, as in Kafka. The length may be too small for a header of magic 2.
  public static func sizeOfSentBatch(in records: Bytes, at position: Int) throws(BatchFault) -> Int? {
    let rest = records.count - position
    guard rest >= BatchLayout.lengthOverhead else { return nil }
    let length = records.integer(at: position + BatchLayout.batchLength, as: Int32.self)
    guard length >= BatchLayout.smallestLengthEver else { throw .length(length) }
    guard rest > BatchLayout.magic else { return nil }
    let magic = records.integer(at: position + BatchLayout.magic, as: Int8.self)
    guard (0...BatchLayout.currentMagic).contains(magic) else { throw .magic(magic) }
    guard Int(length) <= rest - BatchLayout.lengthOverhead else { return nil }
    guard magic == BatchLayout.currentMagic else { throw .magic(magic) }
    return Int(length) + BatchLayout.lengthOverhead
  }
}

// MARK: Field checks

extension BatchHeader {
  /// Whether the batch has magic 2, the only supported format.
  @inlinable public var isReadable: Bool { magic == BatchLayout.currentMagic }

  /// Whether a batch in a log can have this length and these offsets, with the last offset below `end`. Code that only looks for the next batch
  /// checks nothing else, as in Kafka (`FileLogInputStream.nextBatch`), so that one damaged batch does not hide those after it.
  @inlinable
  public func isPossible(below end: Offset) -> Bool {
    batchLength >= BatchLayout.smallestLength && baseOffset >= 0 && lastOffsetDelta >= 0 && lastOffset < end
  }

  /// Checks that the codec exists.
  @inlinable
  public func checkCodec() throws(BatchFault) {
    guard Compression(rawValue: codec) != nil else { throw .codec(codec) }
  }

  /// Checks that there is at least one offset, and that another can follow the last.
  @inlinable
  public func checkOffsets() throws(BatchFault) {
    guard lastOffsetDelta >= 0, lastOffset.value < .max else { throw .offsets(base: baseOffset, lastDelta: lastOffsetDelta) }
  }

  /// Checks that there are no more records than offsets.
  @inlinable
  public func checkRecordCount() throws(BatchFault) {
    guard recordCount >= 0, Int64(recordCount) <= offsetCount else { throw .recordCount(recordCount, offsets: offsetCount) }
  }

  /// Checks that there is a record for each offset, and at least one: only compaction leaves gaps (`LogValidator.validateBatch`).
  public func checkNoGaps() throws(BatchFault) {
    guard lastOffsetDelta >= 0 else { throw .offsets(base: baseOffset, lastDelta: lastOffsetDelta) }
    guard recordCount > 0, Int64(recordCount) == offsetCount else { throw .recordCount(recordCount, offsets: offsetCount) }
  }

  /// Whether the checksum matches the batch's bytes. The caller has checked that they are complete and longer than a header.
  public func hasValidChecksum(ofBatchIn bytes: Bytes, at position: Int) -> Bool {
    bytes.withUnsafeBytes { Self.checksum(of: UnsafeRawBufferPointer(rebasing: $0[position..<position + sizeInBytes])) } == checksum
  }

  @usableFromInline var offsetCount: Int64 { Int64(lastOffsetDelta) + 1 }
}
