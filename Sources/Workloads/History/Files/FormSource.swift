/// The bytes of a file, a piece at a time, with the line that is being read. What has been read is forgotten.
struct FormSource {
  /// How many bytes one operation may take: a poll of a hundred thousand records fits.
  static let longestForm = 16 << 20

  private let refill: () throws -> [UInt8]
  private var bytes: [UInt8] = []
  private var next = 0
  private var isAtEnd = false
  private(set) var line = 1
  /// Bytes of the form that is being read.
  private var taken = 0

  /// - Parameter refill: the next piece; empty at the end.
  init(_ refill: @escaping () throws -> [UInt8]) { self.refill = refill }

  mutating func beginForm() { taken = 0 }

  /// The next byte, which is not taken; nil at the end.
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
      throw HistoryFileError(line: line, "an operation is longer than \(Self.longestForm >> 20) MiB", remedy: "Is this a history? Each operation is one map, or one JSON object")
    }
    return byte
  }

  /// Takes bytes as long as they are of a kind.
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
}

/// Reads the forms that stand in a file one after another.
protocol FormReader {
  /// The line of the form that was read last, or is being read.
  var line: Int { get }
  /// nil at the end.
  mutating func next() throws -> Form?
}

extension HistorySyntax {
  func reader(_ refill: @escaping () throws -> [UInt8]) -> any FormReader {
    switch self {
    case .edn: EdnReader(refill)
    case .jsonLines: JSONReader(refill)
    }
  }
}
