/// A value of a file, whatever its syntax: what EDN and JSON have in common, as far as histories need it.
enum Form: Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A keyword of EDN. JSON writes it as a string.
  case word(String)
  case text(String)
  case list([Form])
  case map([Pair])
  /// Forms that no history operation uses: fractions, symbols, characters.
  case other(String)

  struct Pair: Equatable {
    var key: Form
    var value: Form

    init(_ key: Form, _ value: Form) {
      self.key = key
      self.value = value
    }
  }

  /// The text of a keyword, or of a string that represents one in JSON.
  var name: String? {
    switch self {
    case .word(let name), .text(let name): name
    default: nil
    }
  }

  /// A whole number. JSON writes it as a string if it is a key of a map.
  var number: Int64? {
    switch self {
    case .integer(let number): number
    case .text(let text): text.utf8.count < 20 ? Int64(text) : nil
    default: nil
    }
  }

  var isTrue: Bool { self == .bool(true) }

  var elements: [Form]? { if case .list(let elements) = self { elements } else { nil } }
  var pairs: [Pair]? { if case .map(let pairs) = self { pairs } else { nil } }

  /// The value for a name in a map; nil if there is none, or if this is no map.
  subscript(name: String) -> Form? {
    guard case .map(let pairs) = self else { return nil }
    for pair in pairs where pair.key.name == name { return pair.value == .null ? nil : pair.value }
    return nil
  }

  /// An excerpt for error messages, at most one line long.
  var excerpt: String {
    var text = ""
    write(as: .edn, to: &text)
    return text.utf8.count <= 60 ? text : String(text.prefix(57)) + "..."
  }

  // MARK: Writing

  func write(as syntax: HistorySyntax, to text: inout String) {
    switch self {
    case .null: text += syntax == .edn ? "nil" : "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .word(let name): if syntax == .edn { text += ":\(name)" } else { Self.quote(name, to: &text) }
    case .text(let value): Self.quote(value, to: &text)
    case .other(let value): text += value
    case .list(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += syntax == .edn ? " " : "," }
        element.write(as: syntax, to: &text)
      }
      text += "]"
    case .map(let pairs):
      text += "{"
      for (index, pair) in pairs.enumerated() {
        if index > 0 { text += syntax == .edn ? ", " : "," }
        pair.writeKey(as: syntax, to: &text)
        pair.value.write(as: syntax, to: &text)
      }
      text += "}"
    }
  }

  fileprivate static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension Form.Pair {
  fileprivate func writeKey(as syntax: HistorySyntax, to text: inout String) {
    guard syntax == .jsonLines else {
      key.write(as: .edn, to: &text)
      return text += " "
    }
    // Every key in JSON is a string.
    if case .integer(let number) = key { text += "\"\(number)\"" } else { key.write(as: .jsonLines, to: &text) }
    text += ":"
  }
}
