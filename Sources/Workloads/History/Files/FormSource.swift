/// The bytes of a file, read in chunks, with the current line. Consumed bytes are dropped.
struct FormSource {
  /// The most bytes of one operation: a poll of a hundred thousand records fits.
  static let longestForm = 16 << 20
  private static let deepest = 64

  private let refill: () throws -> [UInt8]
  private var bytes: [UInt8] = []
  private var next = 0
  private var isAtEnd = false
  private(set) var line = 1
  /// The number of bytes of the current form.
  private var taken = 0

  /// - Parameter refill: returns the next chunk; empty at the end.
  init(_ refill: @escaping () throws -> [UInt8]) { self.refill = refill }

  mutating func beginForm() { taken = 0 }

  /// The next byte, without consuming it; nil at the end.
  mutating func peek() throws -> UInt8? {
    if next < bytes.count { return bytes[next] }
    guard !isAtEnd else { return nil }
    bytes = try refill()
    next = 0
    isAtEnd = bytes.isEmpty
    return bytes.first
  }

  mutating func take() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    next += 1
    taken += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    guard taken <= Self.longestForm else {
      throw error("an operation is longer than \(Self.longestForm >> 20) MiB", "Is this a history? Each operation is one map, or one JSON object")
    }
    return byte
  }

  /// Consumes bytes as long as a condition holds.
  mutating func text(while isPart: (UInt8) -> Bool) throws -> String {
    var text: [UInt8] = []
    while let byte = try peek(), isPart(byte) {
      text.append(byte)
      _ = try take()
    }
    return String(decoding: text, as: UTF8.self)
  }

  mutating func skip(while isPart: (UInt8) -> Bool) throws {
    while let byte = try peek(), isPart(byte) { _ = try take() }
  }

  /// Reads a string in quotation marks and resolves its escapes. The next byte must be the opening mark.
  mutating func string() throws -> String {
    _ = try take()
    var bytes: [UInt8] = []
    while let byte = try take() {
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = try take() else { break }
        bytes.append(contentsOf: try unescaped(escaped))
      default: bytes.append(byte)
      }
    }
    throw error("the file ends within a string", "Was it copied to its end?")
  }

  /// The bytes for a backslash escape.
  private mutating func unescaped(_ byte: UInt8) throws -> [UInt8] {
    switch byte {
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "u"):
      var digits: [UInt8] = []
      while digits.count < 4, let digit = try take() { digits.append(digit) }
      let scalar = UInt32(String(decoding: digits, as: UTF8.self), radix: 16).flatMap(UnicodeScalar.init) ?? "\u{fffd}"
      return Array(String(Character(scalar)).utf8)
    default: return [byte]
    }
  }

  /// The first byte of a form within an operation, without consuming it.
  /// - Parameter depth: the number of open brackets around it.
  mutating func begin(depth: Int) throws -> UInt8 {
    guard depth < Self.deepest else { throw error("more than \(Self.deepest) levels of brackets", "No operation needs as many") }
    guard let byte = try peek() else { throw endOfFile }
    return byte
  }

  /// The error for a file that ends within an operation.
  var endOfFile: HistoryFileError { error("the file ends within an operation", "Was it copied to its end?") }

  func error(_ problem: String, _ remedy: String) -> HistoryFileError { HistoryFileError(line: line, problem, remedy: remedy) }
}
