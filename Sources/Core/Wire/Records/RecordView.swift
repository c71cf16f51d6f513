import Primitives

/// One record in its batch: its numbers are parsed; key, value and headers are read on demand.
///
/// May outlive the cursor that made it; it then keeps the batch's bytes, or the decompressed ones, alive.
public struct RecordView: Sendable {
  /// The content of all records of the batch.
  @usableFromInline let content: Bytes
  public var offset: Offset
  public var timestamp: Timestamp
  @usableFromInline var keyStart = 0
  @usableFromInline var keyCount = -1
  @usableFromInline var valueStart = 0
  @usableFromInline var valueCount = -1
  @usableFromInline var headersStart = 0
  @usableFromInline var headersCount = 0
  @usableFromInline var size = 0

  /// Length of the key in bytes, -1 for null.
  @inlinable public var keyLength: Int { keyCount }
  /// Length of the value in bytes, -1 for null.
  @inlinable public var valueLength: Int { valueCount }
  @inlinable public var headerCount: Int { headersCount }
  /// The uncompressed size of this record in its batch in bytes, including its length field.
  @inlinable public var sizeInBytes: Int { size }

  @usableFromInline
  init(content: Bytes, offset: Offset, timestamp: Timestamp) {
    self.content = content
    self.offset = offset
    self.timestamp = timestamp
  }

  /// Shares the batch's bytes.
  @inlinable public var key: Bytes? { keyLength < 0 ? nil : content[keyStart..<keyStart + keyLength] }
  /// Shares the batch's bytes.
  @inlinable public var value: Bytes? { valueLength < 0 ? nil : content[valueStart..<valueStart + valueLength] }

  /// The key without a reference to it: cheaper than `key` by one reference count.
  @inlinable
  public var keySpan: RawSpan? {
    @_lifetime(borrow self)
    get { keyLength < 0 ? nil : content.span.extracting(keyStart..<keyStart + keyLength) }
  }

  /// The value without a reference to it: cheaper than `value` by one reference count.
  @inlinable
  public var valueSpan: RawSpan? {
    @_lifetime(borrow self)
    get { valueLength < 0 ? nil : content.span.extracting(valueStart..<valueStart + valueLength) }
  }

  /// A big-endian integer within the value, which must be long enough to hold it. Cheaper than `value`, as nothing is counted.
  @inlinable
  public func integer<Integer: FixedWidthInteger & BitwiseCopyable>(inValueAt position: Int, as type: Integer.Type = Integer.self) -> Integer {
    precondition(position >= 0 && position <= valueLength - MemoryLayout<Integer>.size, "integer outside of the value")
    return content.integer(at: valueStart + position)
  }

  /// The headers in their order. Their lengths were checked with the record; what may fail here is the text of a key, or their number: an
  /// empty header is two bytes of the record, and forty in memory.
  public func headers() throws(WireError) -> [RecordHeader] {
    guard headerCount > 0 else { return [] }
    guard headerCount <= Self.mostHeaders else { throw .record(.invalidValue("\(headerCount) headers; at most \(Self.mostHeaders) are read"), "headerCount", at: headersStart) }
    var headers: [RecordHeader] = []
    headers.reserveCapacity(headerCount)
    var reader = RecordReader(content, from: headersStart, to: content.count)
    for _ in 0..<headerCount {
      let header = try reader.header()
      guard let key = content[header.key].text else { throw .record(.invalidText, "headerKey", at: header.key.lowerBound) }
      headers.append(RecordHeader(key: key, value: header.value.map { content[$0] }))
    }
    return headers
  }

  /// The limit for one record. Kafka reads as many as it has bytes for.
  static let mostHeaders = 1_000_000

  /// The whole record, including headers.
  public func record() throws(WireError) -> Record {
    Record(offset: offset, timestamp: timestamp, key: key, value: value, headers: try headers())
  }
}
