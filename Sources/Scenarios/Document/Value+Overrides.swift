/// Overrides by path: from variants, and from `--set PATH=VALUE`.
extension Value {
  /// Sets the value at a path such as `cluster.config.min.insync.replicas`, `topics[0].partitions` or `topics.0.partitions`.
  ///
  /// Kafka's names contain dots themselves. A step is therefore the longest key of the current mapping that the rest of the path
  /// begins with; if none matches, the whole rest becomes one new key in a mapping of settings, and one step elsewhere.
  package mutating func set(_ path: String, to value: Value) throws {
    try set(Substring(path), whole: path, to: value)
  }

  private mutating func set(_ rest: Substring, whole: String, to value: Value) throws {
    if let index = rest.listIndex, scalar == nil, !isMap {
      guard case .list(var elements) = content, elements.indices.contains(index.number) else {
        throw ScenarioError(at: value.place, "\(whole): there is no element \(index.number) here", remedy: "Elements count from 0.")
      }
      if index.rest.isEmpty {
        elements[index.number] = value.renamed(elements[index.number].path)
      } else {
        try elements[index.number].set(index.rest, whole: whole, to: value)
      }
      content = .list(elements)
      return
    }
    guard case .map(var entries) = content else {
      throw ScenarioError(at: value.place, "\(whole): '\(rest)' is below \(kind), which has no keys", remedy: "Name a key of the scenario file, such as cluster.brokers.")
    }
    let existing = entries.indices
      .filter { rest == entries[$0].key || rest.hasPrefix(entries[$0].key + ".") || rest.hasPrefix(entries[$0].key + "[") }
      .max { entries[$0].key.utf8.count < entries[$1].key.utf8.count }
    if let existing {
      let key = entries[existing].key
      if rest == key {
        // Errors in the new value have to name its place.
        entries[existing].keyPlace = value.place
        entries[existing].value = value.renamed(entries[existing].value.path)
      } else {
        var below = rest.dropFirst(key.count)
        if below.first == "." { below = below.dropFirst() }
        try entries[existing].value.set(below, whole: whole, to: value)
      }
    } else {
      entries.append(newEntry(for: rest, value))
    }
    content = .map(entries)
  }

  private var isMap: Bool {
    if case .map = content { true } else { false }
  }

  private func newEntry(for rest: Substring, _ value: Value) -> Entry {
    // In broker-config, the number of the broker comes first.
    let above = path.lastIndex(of: ".").map { path[..<$0] } ?? ""
    let isSettings = ["config", "features", "switches", "consumer", "producer"].contains { path == $0 || path.hasSuffix("." + $0) } || above == "broker-config" || above.hasSuffix(".broker-config")
    guard !isSettings, let dot = rest.firstIndex(of: ".") else {
      let name = String(rest)
      return Entry(key: name, keyPlace: value.place, value: value.renamed(Self.path(of: name, below: path)))
    }
    let name = String(rest[..<dot])
    var below = Value(content: .map([]), place: value.place, path: Self.path(of: name, below: path))
    below.content = .map([below.newEntry(for: rest[rest.index(after: dot)...], value)])
    return Entry(key: name, keyPlace: value.place, value: below)
  }

  /// The value and everything below it, moved to another path.
  func renamed(_ path: String) -> Value {
    var value = self
    value.path = path
    switch content {
    case .scalar: break
    case .list(let elements): value.content = .list(elements.enumerated().map { $1.renamed("\(path)[\($0)]") })
    case .map(let entries):
      value.content = .map(entries.map { entry in
        var entry = entry
        entry.value = entry.value.renamed(Self.path(of: entry.key, below: path))
        return entry
      })
    }
    return value
  }

  static func path(of key: String, below path: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

extension Substring {
  /// The number in a leading `[3]` or `3`, and the text after it.
  fileprivate var listIndex: (number: Int, rest: Substring)? {
    let digits = prefix { $0.isASCII && $0.isNumber }
    if let number = Int(digits), digits.endIndex == endIndex || self[digits.endIndex] == "." {
      return (number, dropFirst(digits.count + 1))
    }
    guard first == "[", let end = firstIndex(of: "]"), let number = Int(self[index(after: startIndex)..<end]) else { return nil }
    var rest = self[index(after: end)...]
    if rest.first == "." { rest = rest.dropFirst() }
    return (number, rest)
  }
}
