import Primitives

/// The numbers of one record and the room it takes, computed before it is written, so that a record costs one check for room.
@usableFromInline
struct RecordLayout {
  @usableFromInline let timestampDelta: UInt64
  @usableFromInline let offsetDelta: UInt64
  @usableFromInline let keyLength: UInt64
  @usableFromInline let valueLength: UInt64
  /// Without the length field itself.
  @usableFromInline let length: Int
  @usableFromInline let sizeInBytes: Int

  @inlinable
  @inline(__always)
  init(timestampDelta: Int64, offsetDelta: Int32, key: Bytes?, value: Bytes?, headers: [RecordHeader]) {
    self.timestampDelta = Self.zigzag(timestampDelta)
    self.offsetDelta = Self.zigzag(Int64(offsetDelta))
    keyLength = Self.zigzag(key.map { Int64($0.count) } ?? -1)
    valueLength = Self.zigzag(value.map { Int64($0.count) } ?? -1)
    let numbers = 1 + Self.size(self.timestampDelta) + Self.size(self.offsetDelta) + Self.size(keyLength) + Self.size(valueLength)
    length = numbers + (key?.count ?? 0) + (value?.count ?? 0) + (headers.isEmpty ? 1 : Self.size(of: headers))
    sizeInBytes = length + Self.size(Self.zigzag(Int64(length)))
  }

  @inlinable
  @inline(__always)
  static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

  /// Bytes of a number in groups of seven bits: one for each begun group.
  @inlinable
  @inline(__always)
  static func size(_ value: UInt64) -> Int { ((63 - (value | 1).leadingZeroBitCount) * 9 + 73) >> 6 }

  @usableFromInline
  @inline(never)
  static func size(of headers: [RecordHeader]) -> Int {
    var total = size(zigzag(Int64(headers.count)))
    for header in headers {
      let key = header.key.utf8.count
      total += size(zigzag(Int64(key))) + key
      total += size(zigzag(header.value.map { Int64($0.count) } ?? -1)) + (header.value?.count ?? 0)
    }
    return total
  }

  /// `target` has room for exactly this record.
  @inlinable
  @inline(__always)
  func write(to target: UnsafeMutableRawBufferPointer, key: Bytes?, value: Bytes?, headers: [RecordHeader]) {
    var cursor = RecordWriter(target)
    cursor.varint(Self.zigzag(Int64(length)))
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
