import Primitives

/// Writes values in sequence into space that was measured before; it never writes beyond that space, whatever was measured.
///
/// The rare long forms are static functions that return the position: it then stays in a register for the common ones.
@usableFromInline
struct RecordWriter {
  @usableFromInline let base: UnsafeMutableRawPointer
  @usableFromInline let end: Int
  @usableFromInline var position = 0

  @inlinable
  @inline(__always)
  init(_ target: UnsafeMutableRawBufferPointer) {
    base = target.baseAddress!
    end = target.count
  }

  @inlinable
  @inline(__always)
  mutating func byte(_ value: UInt8) {
    precondition(position < end)
    base.storeBytes(of: value, toByteOffset: position, as: UInt8.self)
    position &+= 1
  }

  @inlinable
  @inline(__always)
  mutating func varint(_ zigzag: UInt64) {
    if zigzag < 0x80 {
      byte(UInt8(truncatingIfNeeded: zigzag))
    } else if zigzag < 0x4000 {
      precondition(position < end &- 1)
      let both = UInt16(truncatingIfNeeded: zigzag & 0x7f | 0x80 | (zigzag >> 7) << 8)
      base.storeBytes(of: both.littleEndian, toByteOffset: position, as: UInt16.self)
      position &+= 2
    } else {
      position = Self.writeLongVarint(zigzag, to: base, at: position, end: end)
    }
  }

  @usableFromInline
  @inline(never)
  static func writeLongVarint(_ zigzag: UInt64, to base: UnsafeMutableRawPointer, at start: Int, end: Int) -> Int {
    var position = start
    var rest = zigzag
    while true {
      precondition(position < end)
      let group = UInt8(truncatingIfNeeded: rest & 0x7f)
      rest >>= 7
      base.storeBytes(of: rest == 0 ? group : group | 0x80, toByteOffset: position, as: UInt8.self)
      position += 1
      if rest == 0 { return position }
    }
  }

  @inlinable
  @inline(__always)
  mutating func bytes(_ bytes: Bytes) {
    let count = bytes.count
    precondition(count <= end &- position)
    bytes.withUnsafeBytes { source in
      Self.copy(source.baseAddress!, to: base + position, count: count)
    }
    position &+= count
  }

  /// Keys are short: up to 16 bytes are copied in two moves that may overlap, which saves a call.
  @inlinable
  @inline(__always)
  static func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
    if count > 16 || count < 4 {
      target.copyMemory(from: source, byteCount: count)
    } else if count >= 8 {
      copyBothEnds(source, to: target, count: count, as: UInt64.self)
    } else {
      copyBothEnds(source, to: target, count: count, as: UInt32.self)
    }
  }

  @inlinable
  @inline(__always)
  static func copyBothEnds<Word: BitwiseCopyable>(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, as type: Word.Type
  ) {
    let last = count &- MemoryLayout<Word>.size
    let head = source.loadUnaligned(as: Word.self)
    let tail = source.loadUnaligned(fromByteOffset: last, as: Word.self)
    target.storeBytes(of: head, as: Word.self)
    target.storeBytes(of: tail, toByteOffset: last, as: Word.self)
  }

  @usableFromInline
  @inline(never)
  static func writeHeaders(_ headers: [RecordHeader], to target: UnsafeMutableRawBufferPointer, at start: Int) -> Int {
    var writer = RecordWriter(target)
    writer.position = start
    writer.varint(Varint.zigzag(Int64(headers.count)))
    for header in headers {
      writer.text(header.key)
      writer.varint(Varint.zigzag(header.value.map { Int64($0.count) } ?? -1))
      if let value = header.value { writer.bytes(value) }
    }
    return writer.position
  }

  private mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      varint(Varint.zigzag(Int64(utf8.count)))
      guard let source = utf8.baseAddress else { return }
      precondition(utf8.count <= end - position)
      (base + position).copyMemory(from: source, byteCount: utf8.count)
      position += utf8.count
    }
  }
}
