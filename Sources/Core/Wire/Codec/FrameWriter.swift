import Primitives

/// Writes a message as a frame: small fields back to back into one buffer, record batches as pieces of their own.
///
/// The cursor is a raw pointer into space reserved in a `ByteWriter`; every write checks once that enough space is left.
public struct FrameWriter: Codec {
  public private(set) var version: Int16
  public private(set) var isFlexible: Bool

  private var buffer: ByteWriter
  /// Where in the buffer this message begins.
  private var origin = 0
  private var start: UnsafeMutableRawPointer
  private var cursor: UnsafeMutableRawPointer
  private var limit: UnsafeMutableRawPointer
  /// What is finished: stretches of buffers, and the shared pieces between them. The first two stand by themselves, and are all there is in most messages.
  private var firstPiece: Bytes?
  private var secondPiece: Bytes?
  private var furtherPieces: ContiguousArray<Bytes>?
  /// Where the part of the buffer that is not among the pieces yet starts.
  private var pieceStart = 0
  /// The number of bytes in shared pieces.
  private var sharedCount = 0
  /// The number of bytes in earlier buffers.
  private var earlierCount = 0
  /// The position of the tagged section's count in the innermost structure, once it has a tagged field; counted over all buffers. It
  /// always lies in the unfinished part, because nothing inside a tagged field is shared.
  private var tagCountPosition = -1
  private var isInsideTag = false

  /// Writes into a buffer of its own.
  init(version: Int16, isFlexible: Bool, capacity: Int = Self.usualCapacity) {
    self.init(version: version, isFlexible: isFlexible, ByteWriter(capacity: capacity), capacity)
  }

  /// Writes behind what others have written into `room`.
  init(in room: inout FrameRoom) {
    self.init(version: 0, isFlexible: false, room.writer(for: Self.usualCapacity), Self.usualCapacity)
  }

  private init(version: Int16, isFlexible: Bool, _ buffer: consuming ByteWriter, _ capacity: Int) {
    self.version = version
    self.isFlexible = isFlexible
    origin = buffer.count
    start = buffer.room(for: capacity)
    self.buffer = buffer
    cursor = start
    limit = start + capacity
  }

  private static var usualCapacity: Int { 512 }

  /// Goes on with another description, as from a header to its body.
  mutating func continueWith(version: Int16, isFlexible: Bool) {
    self.version = version
    self.isFlexible = isFlexible
  }

  /// The number of bytes written so far.
  var position: Int { sharedCount + bufferedCount }

  private var bufferedCount: Int {
    @inline(__always) get { earlierCount + (cursor - start) }
  }

  /// Returns what was written. The writer must not be used afterwards.
  mutating func frame() -> Frame {
    let end = cursor - start
    buffer.endWriting(at: origin + end)
    guard let firstPiece else { return Frame(stretch(0..<end)) }
    let last = end > pieceStart ? stretch(pieceStart..<end) : nil
    guard let secondPiece else { return last.map { Frame(firstPiece, $0) } ?? Frame(firstPiece) }
    guard let furtherPieces else { return Frame(firstPiece, secondPiece, last) }
    return Frame([firstPiece, secondPiece] + furtherPieces + (last.map { [$0] } ?? []))
  }

  private func stretch(_ range: Range<Int>) -> Bytes { buffer.bytes(in: origin + range.lowerBound..<origin + range.upperBound) }

  private mutating func add(_ piece: Bytes) {
    if firstPiece == nil {
      firstPiece = piece
    } else if secondPiece == nil {
      secondPiece = piece
    } else {
      furtherPieces = furtherPieces.take() ?? []
      furtherPieces!.append(piece)
    }
  }

  private mutating func share(_ bytes: Bytes) {
    let end = cursor - start
    if end > pieceStart { add(stretch(pieceStart..<end)) }
    pieceStart = end
    add(bytes)
    sharedCount += bytes.count
  }

  // MARK: Room

  @inline(__always)
  private mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    if limit - cursor < count { grow(by: count) }
    let target = cursor
    cursor += count
    return target
  }

  /// Moves to a larger buffer. Finished pieces stay where they are.
  @inline(never)
  private mutating func grow(by count: Int) {
    let unfinished = cursor - start - pieceStart
    let capacity = max(2 * (limit - start), unfinished + count)
    var larger = ByteWriter(capacity: capacity)
    let newStart = larger.room(for: capacity)
    newStart.copyMemory(from: start + pieceStart, byteCount: unfinished)
    buffer.endWriting(at: origin + pieceStart)
    earlierCount += pieceStart
    pieceStart = 0
    buffer = larger
    origin = 0
    start = newStart
    cursor = newStart + unfinished
    limit = newStart + capacity
  }

  @inline(__always)
  private mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    reserve(MemoryLayout<Value>.size).storeBytes(of: value.bigEndian, as: Value.self)
  }

  @inline(__always)
  mutating func put(unsignedVarint value: Int) {
    if value < 0x80 {
      put(UInt8(truncatingIfNeeded: value))
    } else {
      putLong(unsignedVarint: UInt64(value))
    }
  }

  private mutating func putLong(unsignedVarint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(truncatingIfNeeded: rest))
  }

  mutating func put(_ bytes: Bytes) {
    bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      reserve(source.count).copyMemory(from: base, byteCount: source.count)
    }
  }

  /// Mutating for the reason given at `FrameReader.failure`.
  @inline(never)
  private mutating func failure(_ kind: WireError.Kind, _ name: StaticString) -> WireError {
    WireError(kind, at: position, field: name.description)
  }

  // MARK: Values

  @inline(__always) public mutating func beginField(_ name: StaticString) {}

  @inline(__always)
  public mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) throws(WireError) {
    guard isDefault() else { throw failure(.fieldNotInVersion(Int(version)), name) }
  }

  @inline(__always)
  public mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) { put(value) }

  public mutating func floating(_ name: StaticString, _ value: inout Double) { put(value.bitPattern) }
  @inline(__always) public mutating func boolean(_ name: StaticString, _ value: inout Bool) { put(UInt8(value ? 1 : 0)) }

  @inline(__always)
  public mutating func identifier(_ name: StaticString, _ value: inout Uuid) {
    let target = reserve(16)
    target.storeBytes(of: value.high.bigEndian, as: UInt64.self)
    target.storeBytes(of: value.low.bigEndian, toByteOffset: 8, as: UInt64.self)
  }

  public mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) throws(WireError) {
    try put(value, name, isCompact: isCompact)
  }

  public mutating func optionalText(
    _ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool
  ) throws(WireError) {
    if let value {
      try put(value, name, isCompact: isCompact)
    } else {
      guard isNullable else { throw failure(.unexpectedNull, name) }
      if isCompact { put(UInt8(0)) } else { put(Int16(-1)) }
    }
  }

  private mutating func put(_ value: borrowing String, _ name: StaticString, isCompact: Bool) throws(WireError) {
    let length = value.utf8.count
    guard length <= Int(Int16.max) || isCompact && length < Int(Int32.max) else { throw failure(.tooLong(length), name) }
    if isCompact { put(unsignedVarint: length + 1) } else { put(Int16(length)) }
    let target = UnsafeMutableRawBufferPointer(start: reserve(length), count: length)
    // Only a text from Foundation is not in one piece.
    if value.utf8.withContiguousStorageIfAvailable({ target.copyMemory(from: UnsafeRawBufferPointer($0)) }) == nil { target.copyBytes(from: value.utf8) }
  }

  /// The length of an array whose elements the caller writes one by one.
  @inline(__always)
  mutating func put(length: Int, _ name: StaticString) throws(WireError) {
    guard length < Int(Int32.max) else { throw failure(.tooLong(length), name) }
    if isFlexible { put(unsignedVarint: length + 1) } else { put(Int32(length)) }
  }

  private mutating func putNull(_ name: StaticString, isNullable: Bool) throws(WireError) {
    guard isNullable else { throw failure(.unexpectedNull, name) }
    try put(length: -1, name)
  }

  public mutating func blob(_ name: StaticString, _ value: inout Bytes) throws(WireError) {
    try put(length: value.count, name)
    put(value)
  }

  public mutating func optionalBlob(
    _ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool
  ) throws(WireError) {
    guard let value else { return try putNull(name, isNullable: isNullable) }
    try put(length: value.count, name)
    if value.isEmpty { return }
    if isRecords, !isInsideTag {
      share(value)
    } else {
      put(value)
    }
  }

  @inline(__always)
  public mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    try put(length: value.count, name)
    try value.walkWithoutChange(name, &self)
  }

  public mutating func optionalElements<Element: WireValue>(
    _ name: StaticString, _ value: inout [Element]?, isNullable: Bool
  ) throws(WireError) {
    guard let value else { return try putNull(name, isNullable: isNullable) }
    try put(length: value.count, name)
    try value.walkWithoutChange(name, &self)
  }

  public mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool {
    if isTagged { put(UInt8(isPresent ? 1 : 0)) } else { put(Int8(isPresent ? 1 : -1)) }
    return isPresent
  }

  // MARK: Structures

  @inline(__always) public mutating func beginStructure() {}

  public mutating func tag<Value: WireValue & Equatable>(
    _ tag: Int, _ name: StaticString, _ value: inout Value, default: Value
  ) throws(WireError) {
    if value == `default` { return }
    if tagCountPosition < 0 {
      tagCountPosition = bufferedCount
      put(UInt8(0))
    }
    let count = start + (tagCountPosition - earlierCount)
    count.storeBytes(of: count.load(as: UInt8.self) + 1, as: UInt8.self)
    put(unsignedVarint: tag)
    // Most of them are short, so there is room for a size of one byte, which is known afterwards.
    let sizePosition = bufferedCount
    put(UInt8(0))
    let (ownCountPosition, wasInsideTag) = (tagCountPosition, isInsideTag)
    tagCountPosition = -1
    isInsideTag = true
    try Value.walk(name, &value, &self)
    tagCountPosition = ownCountPosition
    isInsideTag = wasInsideTag
    let size = bufferedCount - sizePosition - 1
    if size < 0x80 {
      (start + (sizePosition - earlierCount)).storeBytes(of: UInt8(size), as: UInt8.self)
    } else {
      putLongSize(size, at: sizePosition)
    }
  }

  /// Puts the size of the tagged field that was just written before it, where there is room for one byte. Nothing inside a tagged field is shared, so all of it
  /// is in the unfinished part.
  private mutating func putLongSize(_ size: Int, at position: Int) {
    let further = (size.bitWidth - size.leadingZeroBitCount - 1) / 7
    _ = reserve(further)
    let field = start + (position - earlierCount)
    (field + 1 + further).copyMemory(from: field + 1, byteCount: size)
    let end = cursor
    cursor = field
    put(unsignedVarint: size)
    cursor = end
  }

  @inline(__always)
  public mutating func endStructure() {
    guard isFlexible else { return }
    if tagCountPosition < 0 { put(UInt8(0)) }
    tagCountPosition = -1
  }
}
