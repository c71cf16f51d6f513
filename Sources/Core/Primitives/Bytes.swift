/// Immutable bytes that are shared, never copied: a slice holds on to the same storage.
///
/// Record batches travel as `Bytes` from the producer's buffer through network, log and replication to the consumer; the three
/// replicas of a batch are three slices of one buffer. Reading past the end traps, so decoders of foreign input check
/// lengths first (`Wire`) and turn a short input into a typed error.
///
/// At most 4 GiB.
public struct Bytes: @unchecked Sendable {
  @usableFromInline let storage: ByteStorage
  @usableFromInline let start: UInt32
  @usableFromInline let length: UInt32

  @inlinable
  init(storage: ByteStorage, start: Int, count: Int) {
    self.storage = storage
    self.start = UInt32(start)
    self.length = UInt32(count)
  }

  @inlinable public var count: Int { Int(length) }
  @inlinable public var isEmpty: Bool { length == 0 }
  @inlinable public var indices: Range<Int> { 0..<count }

  public static let empty = Bytes(storage: ByteStorage.make(capacity: 0), start: 0, count: 0)

  @inlinable
  public init<Source: Collection>(_ source: Source) where Source.Element == UInt8 {
    let count = source.count
    let storage = ByteStorage.make(capacity: count)
    let target = UnsafeMutableBufferPointer(start: storage.bytes.assumingMemoryBound(to: UInt8.self), count: count)
    _ = target.initialize(from: source)
    storage.end = count
    self.init(storage: storage, start: 0, count: count)
  }

  /// The bytes of a string in UTF-8.
  @inlinable
  public init(_ text: String) { self.init(text.utf8) }

  /// Makes bytes in place: `initialize` gets room for `capacity` bytes and returns how many of them it filled.
  @inlinable
  public init(capacity: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows {
    let storage = ByteStorage.make(capacity: capacity)
    let count = try initialize(UnsafeMutableRawBufferPointer(start: storage.bytes, count: capacity))
    precondition(count <= capacity, "more bytes written than there was room for")
    storage.end = count
    self.init(storage: storage, start: 0, count: count)
  }

  /// Joins the pieces, in order, in one buffer. A single piece is shared, not copied.
  public init(joining pieces: some Collection<Bytes>) {
    if pieces.count == 1, let only = pieces.first {
      self = only
      return
    }
    let total = pieces.reduce(0) { $0 + $1.count }
    self.init(capacity: total) { target in
      var at = 0
      for piece in pieces {
        piece.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: target[at...]).copyMemory(from: $0) }
        at += piece.count
      }
      return at
    }
  }

  /// Joins the pieces without a copy if each follows the one before it in memory; nil otherwise. As after a copy, the result is a separate
  /// storage: it shares storage with none of the pieces, and what follows does not extend it.
  public init?(sideBySide pieces: some Collection<Bytes>) {
    guard let first = pieces.first else { return nil }
    let memory = first.storage.memory, start = first.storage.bytes + Int(first.start)
    var count = 0
    for piece in pieces {
      guard piece.storage.memory === memory, piece.storage.bytes + Int(piece.start) == start + count else { return nil }
      count += piece.count
    }
    self.init(storage: memory.window(at: start, end: count, capacity: count), start: 0, count: count)
  }

  @inlinable
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "index outside of the bytes")
    return storage.bytes.load(fromByteOffset: Int(start) + index, as: UInt8.self)
  }

  /// A slice that shares the storage. Costs no copy, and keeps the whole storage alive.
  @inlinable
  public subscript(range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside of the bytes")
    return Bytes(storage: storage, start: Int(start) + range.lowerBound, count: range.count)
  }

  @inlinable public subscript(range: PartialRangeFrom<Int>) -> Bytes { self[range.lowerBound..<count] }
  @inlinable public subscript(range: PartialRangeUpTo<Int>) -> Bytes { self[0..<range.upperBound] }

  /// A big-endian integer at a position; all of Kafka's formats are big-endian.
  @inlinable
  public func integer<Integer: FixedWidthInteger & BitwiseCopyable>(at position: Int, as type: Integer.Type = Integer.self) -> Integer {
    precondition(position >= 0 && position <= count - MemoryLayout<Integer>.size, "integer outside of the bytes")
    return Integer(bigEndian: storage.bytes.loadUnaligned(fromByteOffset: Int(start) + position, as: Integer.self))
  }

  @inlinable
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(start: storage.bytes + Int(start), count: count))
  }

  /// The bytes as a bounds-checked span, valid as long as these bytes are.
  @inlinable
  public var span: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(_unsafeStart: UnsafeRawPointer(storage.bytes + Int(start)), byteCount: count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// A copy in its own buffer, which releases a larger storage.
  public func copy() -> Bytes {
    Bytes(capacity: count) { target in
      withUnsafeBytes { target.copyMemory(from: $0) }
      return count
    }
  }

  /// Whether both are the same range of the same storage. Equal bytes elsewhere do not count: this tells sharing from copying.
  public func sharesStorage(with other: Bytes) -> Bool { storage === other.storage }

  /// Both as one slice, without a copy, if `next` directly follows these bytes in the same storage; nil otherwise.
  @inlinable
  public func extended(by next: Bytes) -> Bytes? {
    guard storage === next.storage, start + length == next.start else { return nil }
    return Bytes(storage: storage, start: Int(start), count: count + next.count)
  }

  /// The bytes, copied into an array.
  public var array: [UInt8] { withUnsafeBytes { Array($0) } }

  /// The text of these bytes, or nil if they are not valid UTF-8.
  public var text: String? { withUnsafeBytes { String(validating: $0, as: UTF8.self) } }
}

extension Bytes: Hashable {
  public static func == (left: Bytes, right: Bytes) -> Bool {
    left.count == right.count && left.withUnsafeBytes { left in right.withUnsafeBytes { left.elementsEqual($0) } }
  }

  public func hash(into hasher: inout Hasher) { withUnsafeBytes { hasher.combine(bytes: $0) } }
}

extension Bytes: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: UInt8...) { self.init(elements) }
}

extension Bytes: CustomStringConvertible {
  /// Lower-case hexadecimal, shortened after 64 bytes.
  public var description: String { count <= 64 ? hexadecimal : "\(self[0..<64].hexadecimal)… (\(count) bytes)" }

  public var hexadecimal: String {
    var text = ""
    text.reserveCapacity(2 * count)
    for byte in array {
      text.append(Self.digits[Int(byte >> 4)])
      text.append(Self.digits[Int(byte & 15)])
    }
    return text
  }

  /// Parses hexadecimal digits; nil if there is any other character or an odd number of digits.
  public init?(hexadecimal text: String) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 2)
    var high: UInt8?
    for character in text {
      guard let digit = character.hexDigitValue.map(UInt8.init) else { return nil }
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    guard high == nil else { return nil }
    self.init(bytes)
  }

  private static let digits = Array("0123456789abcdef")
}
