/// JSON as the fixtures need it: numbers keep their digits, because a 64-bit integer does not fit a floating-point number.
indirect enum Json: Hashable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([Json])
  case object([String: Json])

  subscript(name: String) -> Json? {
    guard case .object(let members) = self else { return nil }
    return members[name]
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int64? { if case .number(let digits) = self { Int64(digits) } else { nil } }
  var members: [String: Json] { if case .object(let members) = self { members } else { [:] } }
}

extension Json {
  init(_ text: String) throws {
    var parser = JsonParser(text: Array(text.utf8))
    self = try parser.value()
  }
}

struct JsonError: Error { let position: Int }

struct JsonParser {
  let text: [UInt8]
  var at = 0

  mutating func value() throws -> Json {
    skipSpace()
    guard at < text.count else { throw JsonError(position: at) }
    switch text[at] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func skipSpace() { while at < text.count, text[at] == UInt8(ascii: " ") { at += 1 } }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard at < text.count, text[at] == character.asciiValue else { return false }
    at += 1
    return true
  }

  private mutating func word(_ word: String, _ value: Json) throws -> Json {
    guard text[at...].starts(with: word.utf8) else { throw JsonError(position: at) }
    at += word.utf8.count
    return value
  }

  private mutating func object() throws -> Json {
    at += 1
    var members: [String: Json] = [:]
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      let name = try string()
      guard take(":") else { throw JsonError(position: at) }
      members[name] = try value()
    } while take(",")
    guard take("}") else { throw JsonError(position: at) }
    return .object(members)
  }

  private mutating func array() throws -> Json {
    at += 1
    var elements: [Json] = []
    if take("]") { return .array(elements) }
    repeat { elements.append(try value()) } while take(",")
    guard take("]") else { throw JsonError(position: at) }
    return .array(elements)
  }

  private mutating func number() throws -> Json {
    let start = at
    while at < text.count, "+-.eE0123456789".utf8.contains(text[at]) { at += 1 }
    let digits = String(decoding: text[start..<at], as: UTF8.self)
    if Int64(digits) != nil || UInt64(digits) != nil { return .number(digits) }
    guard let value = Double(digits) else { throw JsonError(position: start) }
    return .number("\(value)")
  }

  private mutating func string() throws -> String {
    guard take("\"") else { throw JsonError(position: at) }
    var bytes: [UInt8] = []
    while at < text.count, text[at] != UInt8(ascii: "\"") {
      if text[at] == UInt8(ascii: "\\") { try escape(into: &bytes) } else {
        bytes.append(text[at])
        at += 1
      }
    }
    at += 1
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func escape(into bytes: inout [UInt8]) throws {
    guard at + 1 < text.count else { throw JsonError(position: at) }
    let kind = text[at + 1]
    at += 2
    switch kind {
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "u"):
      guard at + 4 <= text.count, let code = UInt32(String(decoding: text[at..<at + 4], as: UTF8.self), radix: 16),
        let scalar = UnicodeScalar(code)
      else { throw JsonError(position: at) }
      bytes += Array(String(scalar).utf8)
      at += 4
    default: bytes.append(kind)
    }
  }
}
