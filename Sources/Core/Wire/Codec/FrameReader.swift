import Primitives

/// Fills a message from a frame, whatever the frame's bytes are.
///
/// A message is read over a former one of the same version, or over a new one: arrays keep their room and texts that say the same stay what they are, so
/// that whoever reads one message after another (`MessageRoom`) allocates nothing.
///
/// Record batches and other byte fields that lie within one piece of the frame are slices of it; only what lies across two pieces
/// is copied. Every length is checked against what is left before anything is allocated. Elements of arrays may take 128 times the
/// memory of their encoding (an empty name is one byte, a `String` sixteen), so that memory has a bound of its own, which the
/// caller sets: an array that would cross it is `tooManyElements`, before room is made for it. All else takes a few times the frame at most.
public struct FrameReader: Codec {
  public private(set) var version: Int16 = 0
  public private(set) var isFlexible = false

  private let frame: Frame
  private var nextPiece: Int
  private var base: UnsafeRawPointer
  private var cursor: UnsafeRawPointer
  private var limit: UnsafeRawPointer
  /// Bytes of the frame before the current piece, and after it.
  private var before = 0
  private var after: Int

  /// Tagged fields of the innermost structure that are still unread; -1 before its tagged section.
  private var tagsLeft = -1
  private var pendingTag = -1

  /// How much of `arrayMemory` is left.
  private var arrayMemoryLeft: Int
  private let arrayMemory: Int

  /// The limit for a request on a server, however large `socket.request.max.bytes` is: 500,000 names in Metadata, 190,000 partitions in Fetch, a
  /// million elements of any kind. Records do not count as elements. Kafka has no such limit: it makes as many objects as the request has bytes for.
  public static let requestArrayMemory = 16 << 20
  /// Bytes of memory for each byte of any other message, which may grow with the cluster: twice what the densest one, the Metadata response, takes.
  public static let arrayMemoryPerByte = 8

  /// - Parameter arrayMemory: The bytes of memory that all arrays together may take: 32 for each array, plus at least 16 for each element.
  /// Defaults to `requestArrayMemory`, or to `arrayMemoryPerByte` times the size of the frame if that is more.
  public init(_ frame: Frame, arrayMemory: Int? = nil) {
    self.frame = frame
    nextPiece = 1
    let count = frame.first.count
    after = frame.count - count
    base = frame.first.withUnsafeBytes { $0.baseAddress! }
    cursor = base
    limit = base + count
    self.arrayMemory = arrayMemory ?? max(Self.requestArrayMemory, (count + after).saturatingMultiplied(by: Self.arrayMemoryPerByte))
    arrayMemoryLeft = self.arrayMemory
  }

  public init(_ bytes: Bytes, arrayMemory: Int? = nil) { self.init(Frame(bytes), arrayMemory: arrayMemory) }

  mutating func continueWith(version: Int16, isFlexible: Bool) {
    self.version = version
    self.isFlexible = isFlexible
  }

  /// The number of bytes read from the frame.
  public var position: Int { before + (cursor - base) }
  public var remaining: Int {
    @inline(__always) get { limit - cursor + after }
  }

  /// Mutating, like everything here that is called in the middle of reading: a method that only reads gets a copy of the
  /// reader, and the processor has to wait for the cursor that was just stored before it can load that copy in wide words.
  @inline(never)
  private mutating func failure(_ kind: WireError.Kind, _ name: StaticString) -> WireError {
    WireError(kind, at: position, field: name.description)
  }

  /// Skips this many bytes of the frame, which must be there.
  public mutating func skip(_ count: Int) {
    var left = count
    while left > 0 {
      advanceToNextPiece()
      let part = min(left, limit - cursor)
      cursor += part
      left -= part
    }
  }

  /// Fails where anything is left.
  public mutating func expectEnd() throws(WireError) {
    guard remaining == 0 else { throw failure(.trailingBytes(remaining), "") }
  }

  // MARK: Bytes

  private mutating func advanceToNextPiece() {
    while cursor == limit, nextPiece < frame.pieceCount {
      before += limit - base
      let piece = frame[piece: nextPiece]
      let count = piece.count
      base = piece.withUnsafeBytes { $0.baseAddress! }
      nextPiece += 1
      after -= count
      cursor = base
      limit = base + count
    }
  }

  @inline(__always)
  private mutating func get<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, as type: Value.Type) throws(WireError) -> Value {
    let size = MemoryLayout<Value>.size
    guard limit - cursor >= size else { return try getAcrossPieces(name, as: type) }
    let value = Value(bigEndian: cursor.loadUnaligned(as: Value.self))
    cursor += size
    return value
  }

  @inline(never)
  private mutating func getAcrossPieces<Value: FixedWidthInteger>(_ name: StaticString, as type: Value.Type) throws(WireError) -> Value {
    let size = MemoryLayout<Value>.size
    try require(size, name)
    var value: UInt64 = 0
    for _ in 0..<size {
      advanceToNextPiece()
      value = value << 8 | UInt64(cursor.load(as: UInt8.self))
      cursor += 1
    }
    return Value(truncatingIfNeeded: value)
  }

  @inline(__always)
  private mutating func require(_ count: Int, _ name: StaticString) throws(WireError) {
    guard count <= remaining else { throw failure(.endOfInput(needed: count, available: remaining), name) }
  }

  @inline(__always)
  private mutating func getUnsignedVarint(_ name: StaticString) throws(WireError) -> Int {
    if limit - cursor > 0 {
      let byte = cursor.load(as: UInt8.self)
      if byte < 0x80 {
        cursor += 1
        return Int(byte)
      }
    }
    return try getLongVarint(name)
  }

  /// Reads an integer of at most 32 bits from at most five bytes.
  @inline(never)
  private mutating func getLongVarint(_ name: StaticString) throws(WireError) -> Int {
    var value: UInt64 = 0
    for shift in stride(from: 0, through: 28, by: 7) {
      let byte = try get(name, as: UInt8.self)
      value |= UInt64(byte & 0x7f) << UInt64(shift)
      if byte < 0x80 {
        guard value <= UInt64(UInt32.max) else { throw failure(.invalidVarint, name) }
        return Int(value)
      }
    }
    throw failure(.invalidVarint, name)
  }

  /// Reads the number of bytes or elements that follow, or -1 for null; never more than the bytes that are left.
  @inline(__always)
  private mutating func getLength(_ name: StaticString) throws(WireError) -> Int {
    let length = isFlexible ? try getUnsignedVarint(name) - 1 : Int(try get(name, as: Int32.self))
    guard length >= -1, length <= remaining else { throw failure(.invalidLength(length), name) }
    return length
  }

  @inline(__always)
  private mutating func getTextLength(_ name: StaticString, isCompact: Bool) throws(WireError) -> Int {
    let length = isCompact ? try getUnsignedVarint(name) - 1 : Int(try get(name, as: Int16.self))
    guard length >= -1, length <= remaining else { throw failure(.invalidLength(length), name) }
    return length
  }

  /// Returns the next `count` bytes. The caller has checked that there are enough.
  private mutating func getBytes(_ count: Int) -> Bytes {
    if count == 0 { return .empty }
    if cursor == limit { advanceToNextPiece() }
    if limit - cursor >= count {
      let from = cursor - base
      cursor += count
      return frame[piece: nextPiece - 1][from..<from + count]
    }
    return Bytes(capacity: count) { target in
      var filled = 0
      while filled < count {
        advanceToNextPiece()
        let part = min(count - filled, limit - cursor)
        (target.baseAddress! + filled).copyMemory(from: cursor, byteCount: part)
        cursor += part
        filled += part
      }
      return count
    }
  }

  private mutating func getText(_ count: Int, _ name: StaticString) throws(WireError) -> String {
    if count == 0 { return "" }
    guard limit - cursor >= count else {
      guard let text = getBytes(count).text else { throw failure(.invalidText, name) }
      return text
    }
    let utf8 = UnsafeRawBufferPointer(start: cursor, count: count)
    if Self.isAscii(utf8) {
      cursor += count
      return String(decoding: UnsafeBufferPointer(start: utf8.assumingMemoryBound(to: UInt8.self).baseAddress, count: count), as: UTF8.self)
    }
    // Correct for every text, but an order of magnitude slower than the path above.
    guard let text = String(validating: utf8, as: UTF8.self) else { throw failure(.invalidText, name) }
    cursor += count
    return text
  }

  /// Reads a number outside any description, such as those before a metadata record.
  mutating func unsignedVarint(_ name: StaticString) throws(WireError) -> Int { try getUnsignedVarint(name) }

  private static func isAscii(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at + 8 <= bytes.count {
      if bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
      at += 8
    }
    while at < bytes.count {
      if bytes[at] >= 0x80 { return false }
      at += 1
    }
    return true
  }

  // MARK: Values

  @inline(__always) public mutating func beginField(_ name: StaticString) {}
  @inline(__always) public mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}

  @inline(__always)
  public mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) throws(WireError) {
    value = try get(name, as: Value.self)
  }

  public mutating func floating(_ name: StaticString, _ value: inout Double) throws(WireError) {
    value = Double(bitPattern: try get(name, as: UInt64.self))
  }

  /// Treats every byte other than zero as true, as Kafka does.
  @inline(__always)
  public mutating func boolean(_ name: StaticString, _ value: inout Bool) throws(WireError) {
    value = try get(name, as: UInt8.self) != 0
  }

  @inline(__always)
  public mutating func identifier(_ name: StaticString, _ value: inout Uuid) throws(WireError) {
    value.high = try get(name, as: UInt64.self)
    value.low = try get(name, as: UInt64.self)
  }

  public mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) throws(WireError) {
    let length = try getTextLength(name, isCompact: isCompact)
    guard length >= 0 else { throw failure(.unexpectedNull, name) }
    if !passOver(&value, length) { value = try getText(length, name) }
  }

  public mutating func optionalText(
    _ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool
  ) throws(WireError) {
    let length = try getTextLength(name, isCompact: isCompact)
    if length < 0 {
      guard isNullable else { throw failure(.unexpectedNull, name) }
      value = nil
    } else {
      if value != nil, passOver(&value!, length) { return }
      value = try getText(length, name)
    }
  }

  /// Passes over a text where it is what a value says already.
  @inline(__always)
  private mutating func passOver(_ value: inout String, _ length: Int) -> Bool {
    guard value.utf8.count == length, limit - cursor >= length else { return false }
    if length == 0 { return true }
    let isSame = value.withUTF8 { Self.areSame(UnsafeRawBufferPointer($0), UnsafeRawBufferPointer(start: cursor, count: length)) }
    if isSame { cursor += length }
    return isSame
  }

  /// Of two stretches of the same length.
  private static func areSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at + 8 <= one.count {
      if one.loadUnaligned(fromByteOffset: at, as: UInt64.self) != other.loadUnaligned(fromByteOffset: at, as: UInt64.self) { return false }
      at += 8
    }
    while at < one.count {
      if one[at] != other[at] { return false }
      at += 1
    }
    return true
  }

  public mutating func blob(_ name: StaticString, _ value: inout Bytes) throws(WireError) {
    let length = try getLength(name)
    guard length >= 0 else { throw failure(.unexpectedNull, name) }
    value = getBytes(length)
  }

  public mutating func optionalBlob(
    _ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool
  ) throws(WireError) {
    let length = try getLength(name)
    if length < 0 {
      guard isNullable else { throw failure(.unexpectedNull, name) }
      value = nil
    } else {
      value = getBytes(length)
    }
  }

  @inline(__always)
  public mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    let count = try getLength(name)
    guard count >= 0 else { throw failure(.unexpectedNull, name) }
    try getElements(count, name, over: &value)
  }

  public mutating func optionalElements<Element: WireValue>(
    _ name: StaticString, _ value: inout [Element]?, isNullable: Bool
  ) throws(WireError) {
    let count = try getLength(name)
    if count < 0 {
      guard isNullable else { throw failure(.unexpectedNull, name) }
      value = nil
    } else {
      var elements = value.take() ?? []
      try getElements(count, name, over: &elements)
      value = elements
    }
  }

  private mutating func getElements<Element: WireValue>(_ count: Int, _ name: StaticString, over value: inout [Element]) throws(WireError) {
    if value.count > count { value.removeLast(value.count - count) }
    if count == 0 { return }
    // Cannot overflow: a count is at most the bytes of a frame.
    arrayMemoryLeft &-= count &* max(MemoryLayout<Element>.stride, Self.smallestElement) &+ Self.arrayOverhead
    guard arrayMemoryLeft >= 0 else { throw failure(.tooManyElements(limit: arrayMemory), name) }
    let former = value.count
    if former > 0 { try fill(0..<former, of: &value, name) }
    if former == count { return }
    if count == 1, value.capacity == 0 {
      // By far the most common on busy paths, where a request names one topic and one partition.
      var element = Element.wireDefault
      try Element.walk(name, &element, &self)
      value = [element]
      return
    }
    value.reserveCapacity(count)
    guard count <= 64 + remaining / 8 else {
      // More than the bytes that are left make likely: memory is touched as they turn out to be there.
      for _ in former..<count {
        var element = Element.wireDefault
        try Element.walk(name, &element, &self)
        value.append(element)
      }
      return
    }
    let blank = Element.wireDefault
    for _ in former..<count { value.append(blank) }
    try fill(former..<count, of: &value, name)
  }

  @inline(__always)
  private mutating func fill<Element: WireValue>(_ range: Range<Int>, of value: inout [Element], _ name: StaticString) throws(WireError) {
    try value.withUnsafeMutableBufferPointer { (elements) throws(WireError) in
      for index in range { try Element.walk(name, &elements[index], &self) }
    }
  }

  /// The size of the header that Swift puts before the elements of an array.
  private static var arrayOverhead: Int { 32 }
  /// Code that reads an array of numbers makes more of each than a number.
  private static var smallestElement: Int { 16 }

  public mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) throws(WireError) -> Bool {
    let mark = isTagged ? try getUnsignedVarint(name) : Int(try get(name, as: Int8.self))
    return isTagged ? mark > 0 : mark >= 0
  }

  // MARK: Structures

  @inline(__always) public mutating func beginStructure() {}

  @inline(__always)
  public mutating func tag<Value: WireValue & Equatable>(
    _ tag: Int, _ name: StaticString, _ value: inout Value, default: Value
  ) throws(WireError) {
    if tagsLeft < 0 { try beginTags() }
    if tagsLeft > 0, pendingTag <= tag, try getTagged(tag, name, &value) { return }
    value = `default`
  }

  /// Returns false where there is no such field.
  @inline(__always)
  private mutating func getTagged<Value: WireValue>(_ tag: Int, _ name: StaticString, _ value: inout Value) throws(WireError) -> Bool {
    while pendingTag < tag {
      try skipTag()
      if tagsLeft == 0 { return false }
    }
    guard pendingTag == tag else { return false }
    let size = try getUnsignedVarint(name)
    let remainingAfterIt = remaining - size
    try require(size, name)
    let ownTagsLeft = tagsLeft
    tagsLeft = -1
    try Value.walk(name, &value, &self)
    guard remaining == remainingAfterIt else { throw failure(.invalidLength(size), name) }
    tagsLeft = ownTagsLeft
    pendingTag = tag
    try nextTag()
    return true
  }

  /// Skips the tagged fields that this build does not know.
  @inline(__always)
  public mutating func endStructure() throws(WireError) {
    guard isFlexible else { return }
    if tagsLeft < 0 { try beginTags() }
    while tagsLeft > 0 { try skipTag() }
    tagsLeft = -1
  }

  @inline(__always)
  private mutating func beginTags() throws(WireError) {
    if limit - cursor > 0, cursor.load(as: UInt8.self) == 0 {
      cursor += 1
      tagsLeft = 0
    } else {
      try beginFilledTags()
    }
  }

  private mutating func beginFilledTags() throws(WireError) {
    tagsLeft = try getUnsignedVarint("tagged fields") + 1
    pendingTag = -1
    try nextTag()
  }

  @inline(__always)
  private mutating func nextTag() throws(WireError) {
    tagsLeft -= 1
    guard tagsLeft > 0 else { return }
    let tag = try getUnsignedVarint("tag")
    guard tag > pendingTag else { throw failure(.unorderedTag(tag), "tagged fields") }
    pendingTag = tag
  }

  @inline(never)
  private mutating func skipTag() throws(WireError) {
    let size = try getUnsignedVarint("tagged field")
    try require(size, "tagged field")
    skip(size)
    try nextTag()
  }
}
