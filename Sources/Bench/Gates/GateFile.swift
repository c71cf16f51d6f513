import Compare
import Primitives
import Results
import Scenarios
import Trials

/// Gates in a YAML file. Each has a name, and says what must hold of one figure or several, in all rows or in some:
///
/// ```yaml
/// gates:
///   nothing-lost: lost == 0
///   tail: { metric: [publish.p99, endToEnd.p99], at-most: [+2%, 20ms], where: { acks: all } }
/// ```
public struct GateFile: Sendable, Equatable {
  /// In the order of the file. A gate with several figures or limits is several of them.
  public let gates: [Gate]

  /// Reads a file strictly. Throws a `ScenarioError` with everything that is wrong.
  public init(fileAt path: String) throws {
    let value = try Value.parse(ScenarioLibrary.text(at: path), source: path)
    try FileKind.expect(.gates, value)
    try self.init(value)
  }

  init(_ value: Value) throws {
    var map = try MapReader(value)
    _ = try map.optional("about") { try $0.string() }
    gates = try map.required("gates", or: [], Self.gates)
    try map.finish()
  }

  private static func gates(_ value: Value) throws -> [Gate] {
    guard case .map(let entries) = value.content, !entries.isEmpty else {
      throw value.error("expected gates with their names, found \(value.kind)", remedy: "Write a name and what must hold, such as nothing-lost: lost == 0.")
    }
    var mistakes = Mistakes()
    let gates = try entries.compactMap { entry in try mistakes.collect { try self.gates(entry) } }
    try mistakes.settle()
    return gates.flatMap { $0 }
  }

  private static func gates(_ entry: Value.Entry) throws -> [Gate] {
    guard !entry.key.isEmpty, entry.key.count <= Bounds.name, !entry.key.hasControlCharacters else {
      throw ScenarioError(at: entry.keyPlace, "this is not a name", remedy: "Write a word or two, such as nothing-lost.")
    }
    if let text = entry.value.scalar {
      let gate = try placed(entry.value, entry.value, at: 0) { () throws(GateError) in try Gate(parsing: text) }
      return [gate.named(entry.key)]
    }
    var map = try MapReader(entry.value)
    let metrics = try map.required("metric", or: []) { try $0.oneOrMore(word) }
    var limits: [(Gate.Comparator, Value)] = []
    for comparator in Gate.Comparator.allCases {
      let values = try map.optional(comparator.key) { try $0.oneOrMore(word) } ?? []
      limits += values.map { (comparator, $0) }
    }
    let condition = try map.optional("where") { try $0.settings().map { ChosenSetting(key: $0.name, value: $0.value) } } ?? []
    let isOptional = try map.optional("optional") { try $0.bool() } ?? false
    try map.finish()
    guard !limits.isEmpty else {
      throw entry.value.error(
        "the gate has no limit", remedy: "Add one of \(Gate.Comparator.allCases.map(\.key).joined(separator: ", ")), such as at-most: +2%.")
    }
    var mistakes = Mistakes()
    let gates = try metrics.flatMap { metric in
      try limits.compactMap { comparator, limit in
        try mistakes.collect {
          let words = (metric.scalar ?? "", limit.scalar ?? "")
          let gate = try placed(metric, limit, at: words.0.count + 1) { () throws(GateError) in try Gate(parsing: "\(words.0) \(comparator.rawValue) \(words.1)") }
          var named = gate.named(entry.key, in: condition)
          named.isOptional = isOptional
          return named
        }
      }
    }
    try mistakes.settle()
    return gates
  }

  /// A metric or a limit: one word, for more of them would be read as a gate.
  private static func word(_ value: Value) throws -> Value {
    let text = try value.string()
    guard !text.isEmpty, !text.contains(where: { $0.isWhitespace || "<>=!".contains($0) }) else {
      throw value.error("\(value.kind) is not one word", remedy: "Write a metric such as publish.p99, a limit such as 20ms or +2%, without blanks and signs of comparison.")
    }
    return value
  }

  /// Tells a mistake where the part stands that it is about: the metric up to this column of the gate, the limit behind it.
  private static func placed(_ metric: Value, _ limit: Value, at column: Int, _ read: () throws(GateError) -> Gate) throws -> Gate {
    do {
      return try read()
    } catch {
      throw (error.column > column ? limit : metric).error(error.problem, remedy: error.remedy)
    }
  }
}
