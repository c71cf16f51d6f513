import Primitives

/// Reads the keys of one mapping, strictly: an unknown key is an error that names the nearest known one.
///
/// Reading a key declares it: `optional("brokers") { try $0.integer() }` both reads a key and makes it known. An error in a value is kept, and
/// reading continues with the next key; `finish()` comes last and throws all errors together. `settle()` throws them earlier, if later code relies on
/// what was read.
package struct MapReader {
  package let value: Value
  private let entries: [Value.Entry]
  private var known: [String] = []
  private var mistakes = Mistakes()

  package init(_ value: Value) throws {
    guard case .map(let entries) = value.content else {
      throw value.error("expected a mapping, found \(value.kind)", remedy: "Write keys and values, such as { name: t, partitions: 1 }.")
    }
    self.value = value
    self.entries = entries
  }

  /// The value of a key; nil if the key is absent or its value is wrong, which `finish` or `settle` will report.
  package mutating func optional<Result>(_ key: String, _ read: (Value) throws -> Result) throws -> Result? {
    known.append(key)
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    return try mistakes.collect { try read(entry.value) }
  }

  /// The value of a mandatory key; nil if `finish` or `settle` will throw.
  package mutating func needed<Result>(_ key: String, _ read: (Value) throws -> Result) throws -> Result? {
    if !has(key) { try mistakes.add(missing(key)) }
    return try optional(key, read)
  }

  /// The value of a key without which reading cannot continue: throws immediately.
  package mutating func required<Result>(_ key: String, _ read: (Value) throws -> Result) throws -> Result {
    guard let result = try needed(key, read) else {
      try mistakes.settle()
      preconditionFailure("what is missing or wrong is a mistake")
    }
    return result
  }

  /// The value of a mandatory key, or a substitute until `finish` or `settle` throws.
  package mutating func required<Result>(_ key: String, or substitute: Result, _ read: (Value) throws -> Result) throws -> Result { try needed(key, read) ?? substitute }

  /// Whether a key is present. Makes the key known.
  package mutating func has(_ key: String) -> Bool {
    known.append(key)
    return entries.contains { $0.key == key }
  }

  /// The keys that are present, in the order of the file.
  package var keys: [String] { entries.map(\.key) }

  /// Checks a combination of keys.
  package mutating func check(_ body: () throws -> Void) throws { try mistakes.collect(body) }

  /// Throws the errors found so far.
  package func settle() throws { try mistakes.settle() }

  package mutating func finish() throws {
    for entry in entries where !known.contains(entry.key) { try mistakes.add(unknown(entry, nearest: nearestName(to: entry.key, among: known))) }
    try mistakes.settle()
  }

  private mutating func missing(_ key: String) -> ScenarioError {
    // A key with a similar name is probably a misspelling of this one.
    if let entry = entries.first(where: { !known.contains($0.key) && nearestName(to: $0.key, among: [key]) != nil }) {
      known.append(entry.key)
      return unknown(entry, nearest: key)
    }
    return value.error("'\(key)' is missing", remedy: "Add \(key): ... here.")
  }

  private func unknown(_ entry: Value.Entry, nearest: String?) -> ScenarioError {
    ScenarioError(
      at: entry.keyPlace, "unknown key '\(entry.key.quotable)'" + (value.path.isEmpty ? "" : " in \(value.path)"),
      remedy: nearest.map(didYouMean) ?? "Known here: \(Set(known).sorted().joined(separator: ", ")).")
  }
}

extension Value {
  package func list<Element>(_ read: (Value) throws -> Element) throws -> [Element] {
    guard case .list(let elements) = content else {
      throw error("expected a list, found \(kind)", remedy: "Write [a, b] or one entry a line, each after a dash.")
    }
    var mistakes = Mistakes()
    let read = try elements.map { element in try mistakes.collect { try read(element) } }
    try mistakes.settle()
    return read.map { $0! }
  }

  /// A list, or a single element instead of a list of one.
  package func oneOrMore<Element>(_ read: (Value) throws -> Element) throws -> [Element] {
    if case .list = content { return try list(read) }
    return [try read(self)]
  }

  /// Settings by name, such as Kafka's: each with its place, in the order of the file.
  package func settings() throws -> [WrittenSetting] {
    guard case .map(let entries) = content else {
      throw error("expected settings, found \(kind)", remedy: "Write { name: value, ... }.")
    }
    var mistakes = Mistakes()
    let settings = try entries.compactMap { entry in
      try mistakes.collect { WrittenSetting(name: entry.key, place: entry.keyPlace, value: try entry.value.string(), valueOf: entry.value) }
    }
    try mistakes.settle()
    return settings
  }

  /// A word that is one of the raw values of an enumeration.
  package func word<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws -> Choice where Choice.RawValue == String {
    let text = try string()
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    throw error(
      "unknown word '\(text.quotable)'",
      remedy: suggestion(for: text, among: words, or: "One of \(words.joined(separator: ", "))."))
  }
}

/// One entry of a mapping of settings.
package struct WrittenSetting: Equatable, Sendable {
  package var name: String
  package var place: Place
  package var value: String
  package var valueOf: Value

  package init(name: String, place: Place, value: String, valueOf: Value) {
    self.name = name
    self.place = place
    self.value = value
    self.valueOf = valueOf
  }
}
