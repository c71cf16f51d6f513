import Primitives

/// Walks the records of one batch in order and parses each in place on demand.
///
/// ```swift
/// var cursor = try RecordCursor(batch)
/// while try cursor.next() { total += cursor.current.valueLength }
/// ```
///
/// Decompresses the whole content once, at the start. A cursor is a value: a copy advances on its own. After an error it
/// stops for good.
public struct RecordCursor: Sendable {
  /// The record that the last `next()` found. Meaningless before the first record and after the last.
  @inlinable public var current: RecordView { _read { yield view } }
  /// Bytes of all records, uncompressed.
  @inlinable public var contentSize: Int { view.content.count }
  /// How many records are left, by the header's count.
  @inlinable public var remaining: Int32 { recordsToCome }

  @usableFromInline var view: RecordView
  @usableFromInline var recordsToCome: Int32
  @usableFromInline let baseOffset: Int64
  @usableFromInline let lastOffsetDelta: Int64
  @usableFromInline let baseTimestamp: Int64
  @usableFromInline let hasLogAppendTime: Bool
  @usableFromInline var position = 0

  /// Makes a cursor before the first record. `decompressionLimit` and `compressor` are as in `RecordBatch.decompressedRecords`.
  public init(
    _ batch: RecordBatch, decompressionLimit: Int = RecordBatch.defaultDecompressionLimit, using compressor: Compressor? = nil
  ) throws(WireError) {
    self.init(batch, content: try batch.decompressedRecords(decompressionLimit: decompressionLimit, using: compressor))
  }

  /// Makes a cursor over a batch whose content `decompressedRecords` has already returned.
  public init(_ batch: RecordBatch, content: Bytes) {
    hasLogAppendTime = batch.timestampType == .logAppendTime
    view = RecordView(content: content, offset: batch.baseOffset, timestamp: batch.maxTimestamp)
    recordsToCome = batch.recordCount
    baseOffset = batch.baseOffset.value
    lastOffsetDelta = Int64(batch.lastOffsetDelta)
    baseTimestamp = batch.baseTimestamp.milliseconds
  }

  /// Moves to the next record; false after the last one. The batch is then known to hold as many records as its header says, and
  /// nothing after them.
  @inlinable
  public mutating func next() throws(WireError) -> Bool {
    guard recordsToCome > 0 else { return try finish() }
    var reader = RecordReader(view.content, from: position, to: view.content.count)
    let length = try reader.varint("length")
    guard length > 0, length <= reader.end &- reader.position else { throw reader.invalidLength(length, "length") }
    reader.end = reader.position &+ Int(length)
    reader.position &+= 1  // attributes, which no record uses

    let timestampDelta = try reader.varint("timestampDelta")
    let offsetDelta = try reader.varint("offsetDelta")
    guard offsetDelta >= 0, offsetDelta <= lastOffsetDelta else { throw reader.invalidOffsetDelta(offsetDelta, last: lastOffsetDelta) }
    view.offset = Offset(baseOffset + offsetDelta)
    if !hasLogAppendTime {
      // Wraps around as in `DefaultRecord.readFrom`: a delta may lead from one end of the 64 bits to the other.
      view.timestamp = Timestamp(milliseconds: baseTimestamp &+ timestampDelta)
    }

    let keyLength = try reader.length("keyLength")
    view.keyStart = reader.position
    view.keyCount = keyLength
    reader.position &+= max(keyLength, 0)
    let valueLength = try reader.length("valueLength")
    view.valueStart = reader.position
    view.valueCount = valueLength
    reader.position &+= max(valueLength, 0)

    let headerCount = try reader.varint("headerCount")
    view.headersStart = reader.position
    if headerCount != 0 { reader.position = try reader.positionBehindHeaders(headerCount) }
    view.headersCount = Int(headerCount)
    guard reader.position == reader.end else { throw reader.trailingBytes() }
    view.size = reader.end &- position
    position = reader.end
    recordsToCome &-= 1
    return true
  }

  @usableFromInline
  func finish() throws(WireError) -> Bool {
    let rest = view.content.count - position
    guard rest == 0 else { throw .record(.trailingBytes(rest), "records", at: position) }
    return false
  }
}

extension RecordReader {
  @usableFromInline
  @inline(never)
  func positionBehindHeaders(_ count: Int64) throws(WireError) -> Int {
    // Two length fields each: a larger count cannot be true, and must not be looped over.
    guard count > 0, count <= (end - position) / 2 else { throw invalidLength(count, "headerCount") }
    var reader = self
    for _ in 0..<count { _ = try reader.header() }
    return reader.position
  }

  @usableFromInline
  @inline(never)
  func invalidOffsetDelta(_ delta: Int64, last: Int64) -> WireError {
    .record(.invalidValue("offset delta \(delta); the batch ends at \(last)"), "offsetDelta", at: position)
  }

  @usableFromInline
  @inline(never)
  func trailingBytes() -> WireError { .record(.trailingBytes(end - position), "record", at: position) }
}
