import Primitives

/// Reads the keys of one mapping, strictly: a key that nobody asked for is an error that names the nearest one that exists.
///
/// Reading is asking: `optional("brokers") { try $0.integer() }` both takes a key and makes it known. `finish()` comes last.
struct MapReader {
  let value: Value
  private let entries: [Value.Entry]
  private var known: [String] = []

  init(_ value: Value) throws {
    guard case .map(let entries) = value.content else {
      throw value.error("expected a mapping, found \(value.kind)", remedy: "Write keys and values, such as { name: t, partitions: 1 }.")
    }
    self.value = value
    self.entries = entries
  }

  mutating func optional<Result>(_ key: String, _ read: (Value) throws -> Result) throws -> Result? {
    known.append(key)
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    return try read(entry.value)
  }

  mutating func required<Result>(_ key: String, _ read: (Value) throws -> Result) throws -> Result {
    if let result = try optional(key, read) { return result }
    // What looks like it is more likely misspelt than something else.
    for entry in entries where !known.contains(entry.key) && nearestName(to: entry.key, among: [key]) != nil { throw unknown(entry, nearest: key) }
    throw value.error("'\(key)' is missing", remedy: "Add \(key): ... here.")
  }

  /// Whether a key is present. Makes it known.
  mutating func has(_ key: String) -> Bool {
    known.append(key)
    return entries.contains { $0.key == key }
  }

  /// The keys that are present, in their order.
  var keys: [String] { entries.map(\.key) }

  func finish() throws {
    for entry in entries where !known.contains(entry.key) {
      throw unknown(entry, nearest: nearestName(to: entry.key, among: known))
    }
  }

  private func unknown(_ entry: Value.Entry, nearest: String?) -> ScenarioError {
    ScenarioError(
      at: entry.keyPlace, "unknown key '\(entry.key)'" + (value.path.isEmpty ? "" : " in \(value.path)"),
      remedy: nearest.map { "Did you mean '\($0)'?" } ?? "Known here: \(known.sorted().joined(separator: ", ")).")
  }
}

extension Value {
  func list<Element>(_ read: (Value) throws -> Element) throws -> [Element] {
    guard case .list(let elements) = content else {
      throw error("expected a list, found \(kind)", remedy: "Write [a, b] or one entry a line, each after a dash.")
    }
    return try elements.map(read)
  }

  /// A list, or a single element that stands for a list of one.
  func oneOrMore<Element>(_ read: (Value) throws -> Element) throws -> [Element] {
    if case .list = content { return try list(read) }
    return [try read(self)]
  }

  /// Settings by name, such as Kafka's: each with its place, in the order written.
  func settings() throws -> [Setting] {
    guard case .map(let entries) = content else {
      throw error("expected settings, found \(kind)", remedy: "Write { name: value, ... }.")
    }
    return try entries.map { Setting(name: $0.key, place: $0.keyPlace, value: try $0.value.string(), valueOf: $0.value) }
  }

  /// One of the words that stand for the cases of an enumeration.
  func word<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws -> Choice where Choice.RawValue == String {
    let text = try string()
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    throw error(
      "unknown word '\(text)'",
      remedy: nearestName(to: text, among: words).map { "Did you mean '\($0)'?" } ?? "One of \(words.joined(separator: ", ")).")
  }
}

/// One setting of a mapping of settings.
struct Setting: Equatable, Sendable {
  var name: String
  var place: Place
  var value: String
  var valueOf: Value
}
