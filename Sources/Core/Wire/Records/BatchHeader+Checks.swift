import Primitives

// MARK: Where a batch ends

extension BatchHeader {
  /// How many bytes the batch at a position takes, itself possibly not all there. Looks at magic and length alone, and needs 17 bytes.
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

  /// How many bytes the next batch takes of those that a producer sent, as a leader reads them (`ByteBufferLogInputStream.nextBatchSize`). Nil where
  /// no whole one follows: a rest that is cut off is left out, as everywhere in Kafka. A length may be too small for a header of magic 2.
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

// MARK: What must hold of the fields

extension BatchHeader {
  /// Whether it says that the batch is of the one format that there is, magic 2.
  @inlinable public var isReadable: Bool { magic == BatchLayout.currentMagic }

  /// Whether a batch of a log can have this length and these offsets, of which the last lies below `end`. Whoever only looks for the next batch goes
  /// by them alone, as Kafka does (`FileLogInputStream.nextBatch`), so that one damaged batch does not hide those behind it.
  @inlinable
  public func isPossible(below end: Offset) -> Bool {
    batchLength >= BatchLayout.smallestLength && baseOffset >= 0 && lastOffsetDelta >= 0 && lastOffset < end
  }

  /// The codec is one that there is.
  @inlinable
  public func checkCodec() throws(BatchFault) {
    guard Compression(rawValue: codec) != nil else { throw .codec(codec) }
  }

  /// There is at least one offset, and another behind the last.
  @inlinable
  public func checkOffsets() throws(BatchFault) {
    guard lastOffsetDelta >= 0, lastOffset.value < .max else { throw .offsets(base: baseOffset, lastDelta: lastOffsetDelta) }
  }

  /// There are no more records than offsets.
  @inlinable
  public func checkRecordCount() throws(BatchFault) {
    guard recordCount >= 0, Int64(recordCount) <= offsetCount else { throw .recordCount(recordCount, offsets: offsetCount) }
  }

  /// There is a record for each offset, and at least one: compaction alone leaves gaps (`LogValidator.validateBatch`).
  public func checkNoGaps() throws(BatchFault) {
    guard lastOffsetDelta >= 0 else { throw .offsets(base: baseOffset, lastDelta: lastOffsetDelta) }
    guard recordCount > 0, Int64(recordCount) == offsetCount else { throw .recordCount(recordCount, offsets: offsetCount) }
  }

  /// Whether the checksum is that of the batch's bytes, of which the caller knows that they are there and more than a header.
  public func hasValidChecksum(ofBatchIn bytes: Bytes, at position: Int) -> Bool {
    bytes.withUnsafeBytes { Self.checksum(of: UnsafeRawBufferPointer(rebasing: $0[position..<position + sizeInBytes])) } == checksum
  }

  @usableFromInline var offsetCount: Int64 { Int64(lastOffsetDelta) + 1 }
}
