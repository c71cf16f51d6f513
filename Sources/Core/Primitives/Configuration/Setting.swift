/// One named value of a configuration: how its text is read into the configuration, and printed from there.
///
/// Texts are Kafka's own: numbers in decimal, times in milliseconds, lists separated by commas. Only the exact form is
/// accepted, apart from surrounding white space.
public struct Setting<Configuration>: Sendable {
  /// Kafka's name, such as `segment.bytes`.
  public let name: String
  public let kind: SettingKind
  /// What a value must look like, for messages: `an integer from 1 to 100`.
  public let expectation: String
  /// Reads a text into the configuration. Returns whether the text was a valid value.
  let read: @Sendable (String, inout Configuration) -> Bool
  let print: @Sendable (Configuration) -> String

  /// Makes a setting with a custom reader and printer. `read` returns false for an invalid text, and then leaves the
  /// configuration unchanged.
  public init(
    _ name: String, kind: SettingKind, expectation: String,
    read: @escaping @Sendable (_ text: String, _ configuration: inout Configuration) -> Bool,
    print: @escaping @Sendable (Configuration) -> String
  ) {
    self.name = name
    self.kind = kind
    self.expectation = expectation
    self.read = read
    self.print = print
  }

  /// The current value, as Kafka prints it.
  public func text(in configuration: Configuration) -> String { print(configuration) }

  /// Reads a value into the configuration, which stays unchanged if the text is invalid.
  public func apply(_ value: String, to configuration: inout Configuration) throws(ConfigurationError) {
    guard read(value.trimmed, &configuration) else {
      throw .invalidValue(name: name, value: value, expected: expectation)
    }
  }
}

extension Setting {
  /// The same setting as one of a larger configuration.
  public func lifted<Whole>(to part: Property<Whole, Configuration>) -> Setting<Whole> {
    Setting<Whole>(name, kind: kind, expectation: expectation) { text, whole in
      do {
        try self.apply(text, to: &whole[keyPath: part])
        return true
      } catch {
        return false
      }
    } print: { self.text(in: $0[keyPath: part]) }
  }
}

/// Kafka's types of settings, as DescribeConfigs reports them.
public enum SettingKind: Int8, Sendable {
  case boolean = 1, string, int, short, long, double, list, `class`, password
}

/// A property of a configuration, as `\.name` writes it.
public typealias Property<Configuration, Value> = WritableKeyPath<Configuration, Value> & Sendable

extension Setting {
  /// A whole number.
  public static func integer<Number: FixedWidthInteger & Sendable>(
    _ name: String, _ property: Property<Configuration, Number>, in range: ClosedRange<Number> = .min ... .max
  ) -> Setting {
    Setting(name, kind: .integer(ofSize: MemoryLayout<Number>.size), expectation: describe(range, "an integer")) { text, configuration in
      guard let value = Number(text), range.contains(value) else { return false }
      configuration[keyPath: property] = value
      return true
    } print: { String($0[keyPath: property]) }
  }

  /// A whole number, one value of which stands for "none" (such as -1 for an unlimited size).
  public static func optionalInteger<Number: FixedWidthInteger & Sendable>(
    _ name: String, _ property: Property<Configuration, Number?>, in range: ClosedRange<Number>, none: Number
  ) -> Setting {
    let expectation = describe(range, "an integer") + ", or \(none)"
    return Setting(name, kind: .integer(ofSize: MemoryLayout<Number>.size), expectation: expectation) { text, configuration in
      guard let value = Number(text), value == none || range.contains(value) else { return false }
      configuration[keyPath: property] = value == none ? nil : value
      return true
    } print: { String($0[keyPath: property] ?? none) }
  }

  /// A time in milliseconds. A value too large for nanoseconds becomes `Duration.forever`.
  public static func milliseconds(
    _ name: String, _ property: Property<Configuration, Duration>, in range: ClosedRange<Int64> = 0 ... .max, kind: SettingKind = .long
  ) -> Setting {
    Setting(name, kind: kind, expectation: describe(range, "milliseconds")) { text, configuration in
      guard let value = Int64(text), range.contains(value) else { return false }
      configuration[keyPath: property] = .milliseconds(value)
      return true
    } print: { String($0[keyPath: property].saturatingMilliseconds) }
  }

  /// A time in milliseconds, one value of which stands for "none" (such as -1 for unlimited retention).
  public static func optionalMilliseconds(
    _ name: String, _ property: Property<Configuration, Duration?>, in range: ClosedRange<Int64> = 0 ... .max, none: Int64 = -1,
    kind: SettingKind = .long
  ) -> Setting {
    Setting(name, kind: kind, expectation: describe(range, "milliseconds") + ", or \(none)") { text, configuration in
      guard let value = Int64(text), value == none || range.contains(value) else { return false }
      configuration[keyPath: property] = value == none ? nil : .milliseconds(value)
      return true
    } print: { String($0[keyPath: property]?.saturatingMilliseconds ?? none) }
  }

  /// A number with a fraction.
  public static func double(
    _ name: String, _ property: Property<Configuration, Double>, in range: ClosedRange<Double>
  ) -> Setting {
    Setting(name, kind: .double, expectation: "a number from \(range.lowerBound) to \(range.upperBound)") { text, configuration in
      guard let value = Double(text), range.contains(value) else { return false }
      configuration[keyPath: property] = value
      return true
    } print: { String($0[keyPath: property]) }
  }

  /// `true` or `false`, in any mix of upper and lower case.
  public static func boolean(_ name: String, _ property: Property<Configuration, Bool>) -> Setting {
    Setting(name, kind: .boolean, expectation: "true or false") { text, configuration in
      guard let value = Bool(text.lowercased()) else { return false }
      configuration[keyPath: property] = value
      return true
    } print: { String($0[keyPath: property]) }
  }

  /// Any text.
  public static func string(_ name: String, _ property: Property<Configuration, String>) -> Setting {
    Setting(name, kind: .string, expectation: "a text") { text, configuration in
      configuration[keyPath: property] = text
      return true
    } print: { $0[keyPath: property] }
  }

  /// Any text; an empty one means none.
  public static func optionalString(_ name: String, _ property: Property<Configuration, String?>) -> Setting {
    Setting(name, kind: .string, expectation: "a text, or nothing") { text, configuration in
      configuration[keyPath: property] = text.isEmpty ? nil : text
      return true
    } print: { $0[keyPath: property] ?? "" }
  }

  /// One of the cases of an enumeration whose raw values are Kafka's words.
  public static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ property: Property<Configuration, Choice>, kind: SettingKind = .string
  ) -> Setting where Choice.RawValue == String {
    let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return Setting(name, kind: kind, expectation: "one of \(words)") { text, configuration in
      guard let value = Choice(rawValue: text) else { return false }
      configuration[keyPath: property] = value
      return true
    } print: { $0[keyPath: property].rawValue }
  }

  /// Words separated by commas.
  public static func list(_ name: String, _ property: Property<Configuration, [String]>) -> Setting {
    Setting(name, kind: .list, expectation: "words separated by commas") { text, configuration in
      configuration[keyPath: property] = text.commaSeparated
      return true
    } print: { $0[keyPath: property].joined(separator: ",") }
  }

  private static func describe<Number: FixedWidthInteger>(_ range: ClosedRange<Number>, _ noun: String) -> String {
    if range.upperBound == .max { return range.lowerBound == .min ? noun : "\(noun), at least \(range.lowerBound)" }
    return "\(noun) from \(range.lowerBound) to \(range.upperBound)"
  }
}

extension SettingKind {
  static func integer(ofSize size: Int) -> SettingKind { size <= 2 ? .short : size == 4 ? .int : .long }
}

extension Duration {
  var saturatingMilliseconds: Int64 { self == .forever ? .max : milliseconds }
}

extension String {
  /// The text without leading and trailing white space.
  public var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// The trimmed words between commas, as in Kafka's lists. An empty text has none.
  public var commaSeparated: [String] {
    trimmed.isEmpty ? [] : split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
  }
}
