import Measurement

/// A JSON value whose keys keep their order, so that results are the same bytes in every run and in a sensible order.
public enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  /// Printed with a fixed number of decimals, which every platform rounds the same way.
  case decimal(Double, places: Int)
  /// Rounded to six decimals and printed in its shortest form: `0.25`, `12`.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])

  /// The text, indented by two blanks a level.
  public var text: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text + "\n"
  }

  /// The text on one line, without blanks and without a line end.
  public var line: String {
    var text = ""
    write(toLine: &text)
    return text
  }

  private func write(toLine text: inout String) {
    switch self {
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.write(toLine: &text)
      }
      text += "]"
    case .object(let entries):
      text += "{"
      for (index, entry) in entries.enumerated() {
        if index > 0 { text += "," }
        Self.quote(entry.0, to: &text)
        text += ":"
        entry.1.write(toLine: &text)
      }
      text += "}"
    default: write(to: &text, indentation: 0)
    }
  }

  private func write(to text: inout String, indentation: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .decimal(let value, let places): text += fixed(value, places: places)
    case .number(let value): text += shortest(value)
    case .string(let value): Self.quote(value, to: &text)
    case .array(let elements):
      writeList(elements.count, "[", "]", to: &text, indentation) { elements[$0].write(to: &$1, indentation: indentation + 1) }
    case .object(let entries):
      writeList(entries.count, "{", "}", to: &text, indentation) {
        Self.quote(entries[$0].0, to: &$1)
        $1 += ": "
        entries[$0].1.write(to: &$1, indentation: indentation + 1)
      }
    }
  }

  private func writeList(
    _ count: Int, _ open: String, _ close: String, to text: inout String, _ indentation: Int, _ element: (Int, inout String) -> Void
  ) {
    guard count > 0 else { return text += open + close }
    text += open
    for index in 0..<count {
      text += index == 0 ? "\n" : ",\n"
      text += String(repeating: "  ", count: indentation + 1)
      element(index, &text)
    }
    text += "\n" + String(repeating: "  ", count: indentation) + close
  }

  private static func quote(_ value: String, to text: inout String) {
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
