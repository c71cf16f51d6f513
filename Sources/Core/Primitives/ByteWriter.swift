/// A growing buffer that becomes `Bytes` without a copy.
///
/// Appending checks for room once per value. A writer is a value: when two copies of one writer are both appended to, the second to append
/// moves to its own buffer, so that bytes once handed out as `Bytes` never change.
public struct ByteWriter {
  @usableFromInline var storage: ByteStorage
  @usableFromInline var end: Int

  @inlinable
  public init(capacity: Int = 256) {
    storage = ByteStorage.make(capacity: capacity)
    end = 0
  }

  @inlinable public var count: Int { end }

  /// Everything written so far. The writer can go on; what it appends later is not part of the result.
  @inlinable public var bytes: Bytes { Bytes(storage: storage, start: 0, count: end) }

  /// A range of what was written, sharing its storage as all slices do.
  @inlinable public func bytes(in range: Range<Int>) -> Bytes { bytes[range] }

  @inlinable
  public mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
    let target = reserve(MemoryLayout<Integer>.size)
    target.storeBytes(of: value.bigEndian, as: Integer.self)
  }

  @inlinable
  public mutating func append(_ bytes: Bytes) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }

  @inlinable
  public mutating func append(contentsOf source: UnsafeRawBufferPointer) {
    guard let base = source.baseAddress else { return }
    reserve(source.count).copyMemory(from: base, byteCount: source.count)
  }

  /// Writes the UTF-8 bytes of a text, without a length.
  @inlinable
  public mutating func append(utf8 text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: UnsafeRawBufferPointer($0)) }
  }

  /// Writes base-128 groups, low group first, high bit = more (up to 10 bytes).
  @inlinable
  public mutating func append(unsignedVarint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Writes a zigzag-encoded number in base-128 groups: the signed form that records use.
  @inlinable
  public mutating func append(varint value: Int64) {
    append(unsignedVarint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Appends `count` bytes, which the caller fills at once.
  @inlinable
  public mutating func append(count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    let target = UnsafeMutableRawBufferPointer(start: reserve(count), count: count)
    try initialize(target)
  }

  /// Room for `count` bytes that the caller fills by and by, before anything else is appended.
  @inlinable
  public mutating func room(for count: Int) -> UnsafeMutableRawPointer { reserve(count) }

  /// Overwrites an integer that was written before, such as a length or a checksum that is known only afterwards.
  @inlinable
  public mutating func replace<Integer: FixedWidthInteger & BitwiseCopyable>(at position: Int, with value: Integer) {
    precondition(position >= 0 && position + MemoryLayout<Integer>.size <= end, "position outside of what was written")
    if !isKnownUniquelyReferenced(&storage) { move(to: storage.room) }
    storage.bytes.storeBytes(of: value.bigEndian, toByteOffset: position, as: Integer.self)
  }

  /// Overwrites bytes that were written before, in place if no one else holds the buffer.
  @inlinable
  public mutating func overwrite(_ range: Range<Int>, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    precondition(range.lowerBound >= 0 && range.upperBound <= end, "range outside of what was written")
    if !isKnownUniquelyReferenced(&storage) { move(to: storage.room) }
    body(UnsafeMutableRawBufferPointer(start: storage.bytes + range.lowerBound, count: range.count))
  }

  /// Discards everything written and keeps the buffer for reuse if no one else holds it.
  @inlinable
  public mutating func removeAll() {
    if isKnownUniquelyReferenced(&storage) {
      storage.end = 0
    } else {
      storage = ByteStorage.make(capacity: storage.room)
    }
    end = 0
  }

  @inlinable
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withUnsafeBytes(body)
  }

  @inlinable
  @inline(__always)
  mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    let newEnd = end + count
    if newEnd > storage.room || storage.end != end { move(to: max(newEnd, 2 * storage.room)) }
    let target = storage.bytes + end
    end = newEnd
    storage.end = newEnd
    return target
  }

  @usableFromInline
  mutating func move(to capacity: Int) {
    let larger = ByteStorage.make(capacity: capacity)
    larger.bytes.copyMemory(from: storage.bytes, byteCount: end)
    larger.end = end
    storage = larger
  }
}
