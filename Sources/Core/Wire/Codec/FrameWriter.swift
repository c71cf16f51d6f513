import Primitives

/// Writes a message as a frame: small fields one after another into one buffer, record batches as pieces of their own.
///
/// The cursor is a raw pointer into room that was reserved in a `ByteWriter`; every write checks the room that is left once.
public struct FrameWriter: Codec {
  public private(set) var version: Int16
  public private(set) var isFlexible: Bool

  private var buffer: ByteWriter
  private var start: UnsafeMutableRawPointer
  private var cursor: UnsafeMutableRawPointer
  private var limit: UnsafeMutableRawPointer
  /// Where in the buffer a shared piece belongs.
  private var shared: [(position: Int, bytes: Bytes)] = []
  /// The place of the tagged section's count in the innermost structure, once it has a tagged field.
  private var tagCountPosition = -1

  init(version: Int16, isFlexible: Bool, capacity: Int = 256) {
    self.version = version
    self.isFlexible = isFlexible
    (buffer, start) = Self.room(for: capacity)
    cursor = start
    limit = start + capacity
  }

  /// Goes on with another description, as from a header to its body.
  mutating func continueWith(version: Int16, isFlexible: Bool) {
    self.version = version
    self.isFlexible = isFlexible
  }

  /// Bytes written to the buffer so far, shared pieces left out.
  var position: Int { cursor - start }

  /// What was written. The writer is not used afterwards.
  func frame() -> Frame {
    let all = buffer.bytes(in: 0..<position)
    if shared.isEmpty { return Frame(all) }
    var pieces = ContiguousArray<Bytes>()
    pieces.reserveCapacity(2 * shared.count + 1)
    var from = 0
    for (position, bytes) in shared {
      if position > from { pieces.append(all[from..<position]) }
      pieces.append(bytes)
      from = position
    }
    if from < position { pieces.append(all[from..<position]) }
    return Frame(pieces)
  }

  // MARK: Room

  private static func room(for capacity: Int) -> (ByteWriter, UnsafeMutableRawPointer) {
    var buffer = ByteWriter(capacity: capacity)
    var start: UnsafeMutableRawPointer?
    buffer.append(count: capacity) { start = $0.baseAddress }
    return (buffer, start!)
  }

  @inline(__always)
  private mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    if limit - cursor < count { grow(by: count) }
    let target = cursor
    cursor += count
    return target
  }

  @inline(never)
  private mutating func grow(by count: Int) {
    let written = position
    let capacity = max(2 * (limit - start), written + count)
    let (larger, newStart) = Self.room(for: capacity)
    newStart.copyMemory(from: start, byteCount: written)
    buffer = larger
    start = newStart
    cursor = newStart + written
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

  @inline(never)
  private func failure(_ kind: WireError.Kind, _ name: StaticString) -> WireError {
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

  private mutating func put(_ value: String, _ name: StaticString, isCompact: Bool) throws(WireError) {
    var value = value
    let length = value.utf8.count
    guard length <= Int(Int16.max) || isCompact && length < Int(Int32.max) else { throw failure(.tooLong(length), name) }
    if isCompact { put(unsignedVarint: length + 1) } else { put(Int16(length)) }
    value.withUTF8 { utf8 in
      guard let base = utf8.baseAddress else { return }
      reserve(utf8.count).copyMemory(from: base, byteCount: utf8.count)
    }
  }

  @inline(__always)
  private mutating func put(length: Int, _ name: StaticString) throws(WireError) {
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
    if isRecords {
      shared.append((position, value))
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
      tagCountPosition = position
      put(UInt8(0))
    }
    let ownCountPosition = tagCountPosition
    (start + ownCountPosition).storeBytes(of: (start + ownCountPosition).load(as: UInt8.self) + 1, as: UInt8.self)
    put(unsignedVarint: tag)
    var sizer = FrameSizer(version: version, isFlexible: isFlexible)
    try Value.walk(name, &value, &sizer)
    put(unsignedVarint: sizer.count)
    tagCountPosition = -1
    try Value.walk(name, &value, &self)
    tagCountPosition = ownCountPosition
  }

  @inline(__always)
  public mutating func endStructure() {
    guard isFlexible else { return }
    if tagCountPosition < 0 { put(UInt8(0)) }
    tagCountPosition = -1
  }
}
