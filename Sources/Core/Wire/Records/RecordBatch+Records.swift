import Primitives

extension RecordBatch {
  /// How many bytes the records of one batch may take once decompressed, unless the caller sets another limit: 64 MiB, sixty times
  /// what `message.max.bytes` allows compressed.
  public static let defaultDecompressionLimit = 64 << 20

  /// The decompressed records, back to back in their own format. For an uncompressed batch, a slice that costs nothing.
  ///
  /// Throws if they would take more than `decompressionLimit` bytes. `compressor` lends its contexts and buffers;
  /// without one, new ones are made, which is a noticeable cost for a small batch.
  public func decompressedRecords(
    decompressionLimit: Int = RecordBatch.defaultDecompressionLimit, using compressor: Compressor? = nil
  ) throws(WireError) -> Bytes {
    guard compression != .none, !recordBytes.isEmpty else { return recordBytes }
    return try (compressor ?? Compressor()).decompress(recordBytes, compression, limit: decompressionLimit)
  }

  /// Walks the records in order without allocating for any of them. Throws a `WireError` at the first malformed record, and
  /// after the last record if the number of records or bytes does not match the header; the caller has seen the preceding records by then.
  @inlinable
  public func forEachRecord(
    decompressionLimit: Int = RecordBatch.defaultDecompressionLimit, using compressor: Compressor? = nil,
    _ body: (RecordView) throws -> Void
  ) throws {
    var cursor = try RecordCursor(self, decompressionLimit: decompressionLimit, using: compressor)
    while try cursor.next() { try body(cursor.current) }
  }

  /// All records with their headers. For tests, tools and small batches: the data path uses `forEachRecord` or a `RecordCursor`.
  public func records(
    decompressionLimit: Int = RecordBatch.defaultDecompressionLimit, using compressor: Compressor? = nil
  ) throws(WireError) -> [Record] {
    var cursor = try RecordCursor(self, decompressionLimit: decompressionLimit, using: compressor)
    var records: [Record] = []
    while try cursor.next() { records.append(try cursor.current.record()) }
    return records
  }
}
