/// A JSON value whose keys keep their order, so that results are the same bytes in every run and read in a sensible order.
public enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  /// Printed with a fixed number of decimals: no two platforms round it differently.
  case decimal(Double, places: Int)
  /// Rounded to six decimals and printed in its shortest form: `0.25`, `12`.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])

  /// The text with two blanks of indentation a level.
  public var text: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text + "\n"
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

/// A number with a fixed count of decimals, rounded half away from zero.
public func fixed(_ value: Double, places: Int) -> String {
  let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
  // A Double this large has no such decimals anyway.
  guard places == 0 || (value * scale).magnitude < 9e18 else { return fixed(value, places: places - 1) }
  let scaled = Int64(rounding: value * scale)
  guard places > 0 else { return String(scaled) }
  let digits = String(scaled.magnitude)
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
  return (scaled < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
}

/// A number rounded to six decimals, without zeros at its end. It must be finite.
func shortest(_ value: Double) -> String {
  precondition(value.isFinite, "a figure of a result is \(value)")
  // Beyond this a Double has no sixth decimal.
  let rounded = value.magnitude < 4e9 ? (value * 1e6).rounded() / 1e6 : value
  if let whole = Int64(exactly: rounded) { return String(whole) }
  // Swift writes what is below 0.0001 with an exponent.
  guard rounded.magnitude < 1e-3 else { return "\(rounded)" }
  let digits = fixed(rounded, places: 6)
  return String(digits.reversed().drop { $0 == "0" }.reversed())
}

/// A whole number with its thousands apart: `1 200 000`.
public func grouped(_ value: some BinaryInteger) -> String {
  let digits = Array(String(value.magnitude))
  var text = value < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += " " }
    text.append(digit)
  }
  return text
}
