import Primitives

// What compaction turns a batch into. Its offsets, its producer's state and its leader epoch stay, whatever happens to its records.

extension RecordBatch {
  /// Only the header, without a delete horizon: it keeps what a log has to know about the batch's producer, and the range of its offsets
  /// (`DefaultRecordBatch.writeEmptyHeader`). A batch without records stays as it is.
  public func emptied() -> RecordBatch {
    guard recordCount > 0 else { return self }
    var header = header
    header.attributes &= ~(BatchLayout.compressionMask | BatchLayout.deleteHorizon)
    header.baseTimestamp = .none
    header.recordCount = 0
    return RecordBatch(unchecked: Bytes(capacity: BatchLayout.records) { target in
      header.write(to: UnsafeMutableRawBufferPointer(rebasing: target[..<BatchLayout.records]))
      return BatchLayout.records
    })
  }

  /// The batch with some of its records, at least one. Offsets, keys, values and headers are copied unchanged; the base timestamp
  /// is the delete horizon if one is given (KIP-534), otherwise the first record's timestamp.
  ///
  /// - Parameters:
  ///   - isRetained: One value for each record, in order. Records beyond the end of the list are dropped.
  ///   - content: The result of `decompressedRecords`.
  public func retaining(
    _ isRetained: [Bool], of content: Bytes, deleteHorizon: Timestamp?, using compressor: Compressor
  ) throws(WireError) -> RecordBatch {
    var rewriting = Rewriting(header: header, deleteHorizon: deleteHorizon, capacity: BatchLayout.records + content.count + 16)
    var cursor = RecordCursor(self, content: content)
    var start = 0, index = 0
    while try cursor.next() {
      let end = start + cursor.current.sizeInBytes
      if index < isRetained.count, isRetained[index] { try rewriting.add(cursor.current, of: content, in: start..<end) }
      start = end
      index += 1
    }
    return rewriting.finish(timestampType, compression, using: compressor)
  }
}

/// Writes a batch from records of another batch.
private struct Rewriting {
  private var header: BatchHeader
  private var base: Timestamp?
  private var largest = Timestamp.none
  private var writer: ByteWriter
  private var count: Int32 = 0

  init(header: BatchHeader, deleteHorizon: Timestamp?, capacity: Int) {
    self.header = header
    base = deleteHorizon
    self.header.attributes &= ~BatchLayout.deleteHorizon
    if deleteHorizon != nil { self.header.attributes |= BatchLayout.deleteHorizon }
    writer = ByteWriter(capacity: capacity)
    writer.append(count: BatchLayout.records) { $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  /// Copies everything after the record's timestamp: its offset counts from the batch's base offset, which stays.
  mutating func add(_ record: RecordView, of content: Bytes, in range: Range<Int>) throws(WireError) {
    var reader = RecordReader(content, from: range.lowerBound, to: range.upperBound)
    _ = try reader.varint("length")
    reader.position += 1
    _ = try reader.varint("timestampDelta")
    let rest = content[reader.position..<range.upperBound]

    let base = base ?? record.timestamp
    self.base = base
    if count == 0 || record.timestamp > largest { largest = record.timestamp }
    let delta = Varint.zigzag(record.timestamp.milliseconds &- base.milliseconds)
    let length = 1 + Varint.size(delta) + rest.count
    let lengthField = Varint.zigzag(Int64(length))
    writer.append(count: Varint.size(lengthField) + length) { target in
      var cursor = RecordWriter(target)
      cursor.varint(lengthField)
      cursor.byte(0)
      cursor.varint(delta)
      cursor.bytes(rest)
    }
    count += 1
  }

  mutating func finish(_ timestampType: TimestampType, _ compression: Compression, using compressor: Compressor) -> RecordBatch {
    precondition(count > 0, "a batch without records")
    header.recordCount = count
    header.baseTimestamp = base ?? .none
    if timestampType == .createTime { header.maxTimestamp = largest }
    let header = header
    guard compression != .none else {
      writer.overwrite(0..<writer.count) { header.write(to: $0) }
      return RecordBatch(unchecked: writer.bytes)
    }
    return compressor.withCompressed(writer.bytes(in: BatchLayout.records..<writer.count), compression, level: nil) { compressed in
      RecordBatch(unchecked: Bytes(capacity: BatchLayout.records + compressed.count) { target in
        UnsafeMutableRawBufferPointer(rebasing: target[BatchLayout.records...]).copyMemory(from: compressed)
        header.write(to: target)
        return target.count
      })
    }
  }
}
