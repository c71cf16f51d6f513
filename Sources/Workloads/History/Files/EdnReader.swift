/// Reads EDN: the maps of a history, one after another or in one vector. Tags of records are skipped.
struct EdnReader: FormReader {
  private var source: FormSource
  private(set) var line = 1
  /// Whether the file is one vector, as Clojure prints a history.
  private var isInVector = false

  init(_ refill: @escaping () throws -> [UInt8]) { source = FormSource(refill) }

  mutating func next() throws -> Form? {
    source.beginForm()
    try skipBlanks()
    line = source.line
    guard let byte = try source.peek() else {
      if isInVector { throw source.error("the file ends within its vector", "Was it copied to its end?") }
      return nil
    }
    if !isInVector, byte == UInt8(ascii: "[") {
      isInVector = true
      _ = try source.take()
      return try next()
    }
    if isInVector, byte == UInt8(ascii: "]") {
      isInVector = false
      _ = try source.take()
      return try next()
    }
    return try form(depth: 0) ?? next()
  }

  private mutating func skipBlanks() throws {
    while let byte = try source.peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ","): _ = try source.take()
      case UInt8(ascii: ";"): try source.skip { $0 != UInt8(ascii: "\n") }
      default: return
      }
    }
  }

  /// nil for something that is skipped.
  private mutating func form(depth: Int) throws -> Form? {
    try skipBlanks()
    let byte = try source.begin(depth: depth)
    switch byte {
    case UInt8(ascii: "{"):
      _ = try source.take()
      return .map(try pairs(depth))
    case UInt8(ascii: "["):
      _ = try source.take()
      return .list(try list(until: UInt8(ascii: "]"), depth))
    case UInt8(ascii: "("):
      _ = try source.take()
      return .list(try list(until: UInt8(ascii: ")"), depth))
    case UInt8(ascii: "\""): return .text(try source.string())
    case UInt8(ascii: ":"):
      _ = try source.take()
      return .word(try source.text(while: Self.isSymbol))
    case UInt8(ascii: "#"): return try dispatched(depth)
    case UInt8(ascii: "\\"):
      _ = try source.take()
      // A character literal may be any character, and may have a name.
      let first = try source.take().map { String(decoding: [$0], as: UTF8.self) } ?? ""
      return .other("\\" + first + (try source.text(while: Self.isSymbol)))
    case UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"):
      throw source.error("a closing '\(Character(UnicodeScalar(byte)))' without its opening one", "Is a line missing?")
    default: return try atom()
    }
  }

  private mutating func list(until end: UInt8, _ depth: Int) throws -> [Form] {
    var elements: [Form] = []
    while true {
      try skipBlanks()
      if try source.peek() == end {
        _ = try source.take()
        return elements
      }
      if let element = try form(depth: depth + 1) { elements.append(element) }
    }
  }

  private mutating func pairs(_ depth: Int) throws -> [Form.Pair] {
    let elements = try list(until: UInt8(ascii: "}"), depth)
    guard elements.count.isMultiple(of: 2) else { throw source.error("a map with a key and no value", "Each key of a map needs a value") }
    return stride(from: 0, to: elements.count, by: 2).map { Form.Pair(elements[$0], elements[$0 + 1]) }
  }

  /// Reads what begins with `#`; nil if it is skipped.
  private mutating func dispatched(_ depth: Int) throws -> Form? {
    _ = try source.take()
    switch try source.peek() {
    case UInt8(ascii: "{"):
      _ = try source.take()
      return .list(try list(until: UInt8(ascii: "}"), depth))
    case UInt8(ascii: "_"):
      _ = try source.take()
      _ = try form(depth: depth + 1)
      return nil
    case UInt8(ascii: "\""): return .other(try source.string())
    default:
      // `#jepsen.history.Op{...}`, `#inst "..."`.
      _ = try source.text(while: Self.isSymbol)
      return try form(depth: depth + 1)
    }
  }

  private mutating func atom() throws -> Form {
    let text = try source.text(while: Self.isSymbol)
    guard let first = text.utf8.first else { throw source.error("a byte that cannot begin an EDN form", "Is this a history in EDN? One in JSON lines ends in .jsonl") }
    switch text {
    case "nil": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    guard first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return .other(text) }
    if let number = Int64(text.hasSuffix("N") ? String(text.dropLast()) : text) { return .integer(number) }
    return .other(text)
  }

  private static func isSymbol(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""):
      false
    default: true
    }
  }
}
