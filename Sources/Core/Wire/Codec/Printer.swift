import Primitives

/// Shows a message as JSON with the names of Kafka's schemas: identifiers as base64url, bytes in hexadecimal, tagged fields
/// only if they differ from their default.
struct Printer: Codec {
  let version: Int16
  let isFlexible: Bool
  private(set) var output = ""
  private var isFirst = true

  init(version: Int16, isFlexible: Bool) {
    self.version = version
    self.isFlexible = isFlexible
  }

  mutating func beginField(_ name: StaticString) {
    separate()
    output += "\"\(name)\":"
  }

  private mutating func separate() {
    if !isFirst { output += "," }
    isFirst = false
  }

  mutating func absentField(_ name: StaticString, isDefault: @autoclosure () -> Bool) {}

  mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ name: StaticString, _ value: inout Value) { output += "\(value)" }
  mutating func floating(_ name: StaticString, _ value: inout Double) { output += "\(value)" }
  mutating func boolean(_ name: StaticString, _ value: inout Bool) { output += value ? "true" : "false" }
  mutating func identifier(_ name: StaticString, _ value: inout Uuid) { output += "\"\(value)\"" }
  mutating func text(_ name: StaticString, _ value: inout String, isCompact: Bool) { quote(value) }

  mutating func optionalText(_ name: StaticString, _ value: inout String?, isCompact: Bool, isNullable: Bool) {
    if let value { quote(value) } else { output += "null" }
  }

  mutating func blob(_ name: StaticString, _ value: inout Bytes) { output += "\"\(value.hexadecimal)\"" }

  mutating func optionalBlob(_ name: StaticString, _ value: inout Bytes?, isRecords: Bool, isNullable: Bool) {
    if let value { output += "\"\(value.hexadecimal)\"" } else { output += "null" }
  }

  mutating func elements<Element: WireValue>(_ name: StaticString, _ value: inout [Element]) throws(WireError) {
    output += "["
    for (index, var element) in value.enumerated() {
      if index > 0 { output += "," }
      try Element.walk(name, &element, &self)
    }
    output += "]"
  }

  mutating func optionalElements<Element: WireValue>(
    _ name: StaticString, _ value: inout [Element]?, isNullable: Bool
  ) throws(WireError) {
    if var present = value { try elements(name, &present) } else { output += "null" }
  }

  mutating func presence(_ name: StaticString, _ isPresent: Bool, isTagged: Bool) -> Bool {
    if !isPresent { output += "null" }
    return isPresent
  }

  mutating func beginStructure() {
    output += "{"
    isFirst = true
  }

  mutating func tag<Value: WireValue & Equatable>(
    _ tag: Int, _ name: StaticString, _ value: inout Value, default: Value
  ) throws(WireError) {
    if value == `default` { return }
    beginField(name)
    try Value.walk(name, &value, &self)
  }

  mutating func endStructure() {
    output += "}"
    isFirst = false
  }

  private mutating func quote(_ text: String) {
    output += "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\u{0}"..<"\u{20}":
        let digits = String(character.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(character)
      }
    }
    output += "\""
  }
}
