import Primitives

extension RecordBatch {
  /// How many bytes the records of one batch may take once decompressed, unless a caller states another bound: 64 MiB, sixty times
  /// what `message.max.bytes` lets through compressed.
  public static let defaultDecompressionLimit = 64 << 20

  /// The records, decompressed, one after another in their own format. Of an uncompressed batch a slice that costs nothing.
  ///
  /// Ends with an error where they would take more than `decompressionLimit` bytes. `compressor` lends its contexts and buffers;
  /// without one they are made anew, which a small batch notices.
  public func decompressedRecords(
    decompressionLimit: Int = RecordBatch.defaultDecompressionLimit, using compressor: Compressor? = nil
  ) throws(WireError) -> Bytes {
    guard compression != .none, !recordBytes.isEmpty else { return recordBytes }
    return try (compressor ?? Compressor()).decompress(recordBytes, compression, limit: decompressionLimit)
  }

  /// Walks the records in order without allocating for any of them. Ends with a `WireError` at the first malformed record, and
  /// after the last one where the number of records or of bytes is not what the header says; records before it were seen by then.
  @inlinable
  public func forEachRecord(
    decompressionLimit: Int = RecordBatch.defaultDecompressionLimit, using compressor: Compressor? = nil,
    _ body: (RecordView) throws -> Void
  ) throws {
    var cursor = try RecordCursor(self, decompressionLimit: decompressionLimit, using: compressor)
    while try cursor.next() { try body(cursor.current) }
  }

  /// All records with their headers. For tests, tools and small batches: the data path walks them with `forEachRecord` or a `RecordCursor`.
  public func records(
    decompressionLimit: Int = RecordBatch.defaultDecompressionLimit, using compressor: Compressor? = nil
  ) throws(WireError) -> [Record] {
    var cursor = try RecordCursor(self, decompressionLimit: decompressionLimit, using: compressor)
    var records: [Record] = []
    while try cursor.next() { records.append(try cursor.current.record()) }
    return records
  }
}
