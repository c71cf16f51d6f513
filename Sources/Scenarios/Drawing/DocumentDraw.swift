import Primitives

/// Replaces what a document leaves to chance by values.
///
/// `{ draw: [1, 3, 12] }` stands for one of the values in the list, anywhere in a document; `absent` among them stands for nothing, so that the key or the element is
/// not there. Values that must fit each other are drawn together, as sets of changes by path:
///
/// ```yaml
/// draw:
///   size:
///     - { cluster.brokers: 3, topics.0.replicas: 3 }
///     - { cluster.brokers: 5, topics.0.replicas: [1, 3] }
/// ```
///
/// Every choice has a random stream of its own, keyed by its path: taking one away leaves all others as they were.
struct DocumentDraw {
  /// The key of a mapping that stands for one of several values, and of the sets at the top of a document.
  static let key = "draw"
  /// The value that stands for nothing.
  static let absent = "absent"
  /// The most values in one list.
  private static let mostValues = 1_000

  /// Chooses one of several values.
  ///
  /// - Parameters:
  ///   - path: of the choice.
  ///   - count: of the values; at least one.
  private let choose: (_ path: String, _ count: Int) -> Int
  /// What was chosen, with the value as YAML on one line.
  private(set) var choices: [(path: String, value: String)] = []
  private var mistakes = Mistakes()

  init(choose: @escaping (_ path: String, _ count: Int) -> Int) { self.choose = choose }

  /// Draws by a seed.
  init(seed: UInt64) {
    self.init { path, count in
      var random = RandomStream(seed: seed, purpose: "draw", stableHash(of: path))
      return Int(random.below(Int64(count)))
    }
  }

  /// The document without choices. Throws a `ScenarioError` with all mistakes in how choices are written.
  mutating func document(from written: Value) throws -> Value {
    var document = written
    try drawSets(&document)
    let drawn = try value(from: document)
    try mistakes.settle()
    return drawn ?? document
  }

  // MARK: Sets

  private mutating func drawSets(_ document: inout Value) throws {
    guard let sets = document[Self.key] else { return }
    document.remove(Self.key)
    guard case .map(let named) = sets.content else {
      return try mistakes.add(sets.error("expected sets of changes by name, found \(sets.kind)", remedy: "Write draw: { size: [{ cluster.brokers: 3 }, { cluster.brokers: 5 }] }."))
    }
    for entry in named {
      guard let drawn = try collect({ try $0.pick(from: entry.value, remedy: "Write a list of changes by path, such as [{ cluster.brokers: 3 }, { cluster.brokers: 5 }].") })
      else { continue }
      if drawn.scalar == Self.absent { continue }
      guard case .map(let changes) = drawn.content else {
        try mistakes.add(drawn.error("expected paths and values, found \(drawn.kind)", remedy: "Write { cluster.brokers: 5, topics.0.replicas: 3 }, or absent for no change."))
        continue
      }
      for change in changes {
        // As everywhere, what is absent is not there.
        let value = change.value.scalar == Self.absent ? Value.map([.init(Self.key, .list([change.value]))]) : change.value
        try mistakes.collect { try document.set(change.key, to: value) }
      }
    }
  }

  // MARK: Values

  /// A value without choices; nil if it was drawn to be absent.
  private mutating func value(from written: Value) throws -> Value? {
    var value = written
    switch written.content {
    case .scalar: return written
    case .list(let elements):
      value.content = .list(try elements.compactMap { try self.value(from: $0) })
    case .map(let entries):
      if entries.count == 1, entries[0].key == Self.key {
        guard let drawn = try collect({ try $0.pick(from: entries[0].value, at: written.path, remedy: "Write { draw: [1, 3] }.") }) else { return written }
        return drawn.scalar == Self.absent ? nil : try self.value(from: drawn)
      }
      value.content = .map(
        try entries.compactMap { entry in
          try self.value(from: entry.value).map { Value.Entry(key: entry.key, keyPlace: entry.keyPlace, value: $0) }
        })
    }
    return value
  }

  /// One value of a list, with the path of the list or of the mapping around it.
  private mutating func pick(from list: Value, at path: String? = nil, remedy: String) throws -> Value {
    guard let values = list.elements else { throw list.error("expected a list to draw from, found \(list.kind)", remedy: remedy) }
    guard !values.isEmpty else { throw list.error("there is nothing to draw from", remedy: remedy) }
    guard values.count <= Self.mostValues else { throw list.error("\(values.count) values to draw from are too many", remedy: "Write up to \(Self.mostValues).") }
    let path = path ?? list.path
    let drawn = values[choose(path, values.count)]
    if values.count > 1 { choices.append((path, drawn.yamlLine)) }
    return drawn.renamed(path)
  }

  /// Keeps what is thrown as a mistake, and goes on.
  private mutating func collect(_ read: (inout Self) throws -> Value) throws -> Value? {
    do {
      return try read(&self)
    } catch let error as ScenarioError {
      try mistakes.add(error)
      return nil
    }
  }
}
