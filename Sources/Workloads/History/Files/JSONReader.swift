/// Reads JSON lines: one object per line. An object may also span several lines.
struct JSONReader: FormReader {
  private var source: FormSource
  private(set) var line = 1

  init(_ refill: @escaping () throws -> [UInt8]) { source = FormSource(refill) }

  mutating func next() throws -> Form? {
    source.beginForm()
    try skipBlanks()
    line = source.line
    guard try source.peek() != nil else { return nil }
    return try form(depth: 0)
  }

  private mutating func skipBlanks() throws {
    try source.skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
  }

  private mutating func form(depth: Int) throws -> Form {
    try skipBlanks()
    switch try source.begin(depth: depth) {
    case UInt8(ascii: "{"): return .map(try pairs(depth))
    case UInt8(ascii: "["): return .list(try list(depth))
    case UInt8(ascii: "\""): return .text(try source.string())
    default: return try atom()
    }
  }

  /// Consumes the comma after an element, or the end of the list.
  private mutating func isEnd(_ end: UInt8, isFirst: Bool) throws -> Bool {
    try skipBlanks()
    guard let byte = try source.peek() else { throw source.endOfFile }
    if byte == end {
      _ = try source.take()
      return true
    }
    guard !isFirst else { return false }
    guard byte == UInt8(ascii: ",") else {
      throw source.error("'\(Character(UnicodeScalar(byte)))' where a comma or '\(Character(UnicodeScalar(end)))' belongs", "Is the line cut off?")
    }
    _ = try source.take()
    return false
  }

  private mutating func list(_ depth: Int) throws -> [Form] {
    _ = try source.take()
    var elements: [Form] = []
    while try !isEnd(UInt8(ascii: "]"), isFirst: elements.isEmpty) { elements.append(try form(depth: depth + 1)) }
    return elements
  }

  private mutating func pairs(_ depth: Int) throws -> [Form.Pair] {
    _ = try source.take()
    var pairs: [Form.Pair] = []
    while try !isEnd(UInt8(ascii: "}"), isFirst: pairs.isEmpty) {
      try skipBlanks()
      guard try source.peek() == UInt8(ascii: "\"") else { throw source.error("a key that is not a string", "JSON keys are in quotation marks") }
      let key = try source.string()
      try skipBlanks()
      guard try source.take() == UInt8(ascii: ":") else { throw source.error("a key without a colon after it", "Write \"key\": value") }
      pairs.append(Form.Pair(.text(key), try form(depth: depth + 1)))
    }
    return pairs
  }

  private mutating func atom() throws -> Form {
    let text = try source.text { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    switch text {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    if let number = Int64(text) { return .integer(number) }
    if Double(text) != nil { return .other(text) }
    throw source.error(text.isEmpty ? "a byte that cannot begin a JSON value" : "'\(text)' is not a JSON value", "Is this a history in JSON lines? One in EDN ends in .edn")
  }
}
