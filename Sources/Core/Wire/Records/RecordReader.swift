import Primitives

/// Reads the variable-length fields of records between two positions, each checked against the end before it is read.
///
/// Holds a pointer, not the bytes: its creator must keep the bytes alive.
@usableFromInline
struct RecordReader {
  @usableFromInline let base: UnsafeRawPointer
  @usableFromInline var position: Int
  @usableFromInline var end: Int

  @inlinable
  @inline(__always)
  init(_ content: Bytes, from position: Int, to end: Int) {
    precondition(position >= 0 && end <= content.count, "reading outside of the records")
    base = content.withUnsafeBytes { $0.baseAddress! }
    self.position = position
    self.end = end
  }

  private init(_ base: UnsafeRawPointer, _ position: Int, _ end: Int) { (self.base, self.position, self.end) = (base, position, end) }

  /// A zigzag number. Most are a byte or two long.
  @inlinable
  @inline(__always)
  mutating func varint(_ field: StaticString) throws(WireError) -> Int64 {
    guard position < end else { throw endOfInput(field) }
    let first = Int64(base.load(fromByteOffset: position, as: UInt8.self))
    if first < 0x80 {
      position &+= 1
      return first >> 1 ^ -(first & 1)
    }
    guard position &+ 1 < end else { throw endOfInput(field) }
    let second = Int64(base.load(fromByteOffset: position &+ 1, as: UInt8.self))
    if second < 0x80 {
      position &+= 2
      return (first & 0x7f | second << 7) >> 1 ^ -(first & 1)
    }
    let long = try longVarint(field)
    position = long.end
    return long.value
  }

  /// Hands back where it ends, so that the position stays in a register for the short ones.
  @usableFromInline
  @inline(never)
  func longVarint(_ field: StaticString) throws(WireError) -> (value: Int64, end: Int) {
    var bits: UInt64 = 0, at = position
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard at < end else { throw RecordReader(base, at, end).endOfInput(field) }
      let byte = base.load(fromByteOffset: at, as: UInt8.self)
      at += 1
      bits |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 {
        guard shift < 63 || byte < 2 else { break }
        return (Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1), at)
      }
    }
    throw .record(.invalidVarint, field.description, at: at)
  }

  /// Reads the length of bytes that follow, and checks that they fit; -1 for null.
  @inlinable
  @inline(__always)
  mutating func length(_ field: StaticString) throws(WireError) -> Int {
    let length = try varint(field)
    guard length >= -1, length <= end &- position else { throw invalidLength(length, field) }
    return Int(length)
  }

  /// Reads past a header and returns the ranges of its key and value.
  mutating func header() throws(WireError) -> (key: Range<Int>, value: Range<Int>?) {
    let keyLength = try length("headerKeyLength")
    guard keyLength >= 0 else { throw invalidLength(-1, "headerKeyLength") }
    let key = position..<position + keyLength
    position += keyLength
    let valueLength = try length("headerValueLength")
    guard valueLength >= 0 else { return (key, nil) }
    let value = position..<position + valueLength
    position += valueLength
    return (key, value)
  }

  @usableFromInline
  @inline(never)
  func endOfInput(_ field: StaticString) -> WireError { .record(.endOfInput(needed: 1, available: 0), field.description, at: position) }

  @usableFromInline
  @inline(never)
  func invalidLength(_ length: Int64, _ field: StaticString) -> WireError {
    .record(.invalidLength(Int(length)), field.description, at: position)
  }
}
