import Primitives

/// The numbers of one record and its size, computed before it is written, so that a record costs one check for space.
@usableFromInline
struct RecordLayout {
  @usableFromInline let timestampDelta: UInt64
  @usableFromInline let offsetDelta: UInt64
  @usableFromInline let keyLength: UInt64
  @usableFromInline let valueLength: UInt64
  /// The record's length, without the length field itself.
  @usableFromInline let length: Int
  @usableFromInline let sizeInBytes: Int

  @inlinable
  @inline(__always)
  init(timestampDelta: Int64, offsetDelta: Int32, key: Bytes?, value: Bytes?, headers: [RecordHeader]) {
    self.timestampDelta = Varint.zigzag(timestampDelta)
    self.offsetDelta = Varint.zigzag(Int64(offsetDelta))
    keyLength = Varint.zigzag(key.map { Int64($0.count) } ?? -1)
    valueLength = Varint.zigzag(value.map { Int64($0.count) } ?? -1)
    let numbers = 1 + Varint.size(self.timestampDelta) + Varint.size(self.offsetDelta) + Varint.size(keyLength) + Varint.size(valueLength)
    length = numbers + (key?.count ?? 0) + (value?.count ?? 0) + (headers.isEmpty ? 1 : Self.size(of: headers))
    sizeInBytes = length + Varint.size(Varint.zigzag(Int64(length)))
  }

  @usableFromInline
  @inline(never)
  static func size(of headers: [RecordHeader]) -> Int {
    var total = Varint.size(Varint.zigzag(Int64(headers.count)))
    for header in headers {
      let key = header.key.utf8.count
      total += Varint.size(Varint.zigzag(Int64(key))) + key
      total += Varint.size(Varint.zigzag(header.value.map { Int64($0.count) } ?? -1)) + (header.value?.count ?? 0)
    }
    return total
  }

  /// Writes the record into `target`, which has space for exactly this record.
  @inlinable
  @inline(__always)
  func write(to target: UnsafeMutableRawBufferPointer, key: Bytes?, value: Bytes?, headers: [RecordHeader]) {
    var cursor = RecordWriter(target)
    cursor.varint(Varint.zigzag(Int64(length)))
    cursor.byte(0)
    cursor.varint(timestampDelta)
    cursor.varint(offsetDelta)
    cursor.varint(keyLength)
    if let key { cursor.bytes(key) }
    cursor.varint(valueLength)
    if let value { cursor.bytes(value) }
    if headers.isEmpty {
      cursor.byte(0)
    } else {
      cursor.position = RecordWriter.writeHeaders(headers, to: target, at: cursor.position)
    }
    precondition(cursor.position == target.count, "a record of another size than computed")
  }
}
