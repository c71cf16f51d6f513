import Primitives
import Yams

/// A value of a scenario document that knows its place.
///
/// The order of keys is kept. Scalars stay text until they are read as a number, a duration or a rate, so that an error can quote the input.
package struct Value: Equatable, Sendable {
  package indirect enum Content: Equatable, Sendable {
    case scalar(String)
    case list([Value])
    case map([Entry])
  }

  package struct Entry: Equatable, Sendable {
    package var key: String
    package var keyPlace: Place
    package var value: Value

    package init(key: String, keyPlace: Place, value: Value) {
      self.key = key
      self.keyPlace = keyPlace
      self.value = value
    }
  }

  package var content: Content
  package var place: Place
  /// The path from the top, such as `cluster.brokers`, for messages.
  package var path: String

  package init(content: Content, place: Place, path: String) {
    self.content = content
    self.place = place
    self.path = path
  }

  /// The largest text in bytes that is read at all.
  static let textLimit = 4 << 20

  /// The document of a YAML text.
  package static func parse(_ text: String, source: String) throws -> Value {
    guard text.utf8.count <= textLimit else {
      throw ScenarioError(at: Place(source: source), "the text has \(text.utf8.count) bytes", remedy: "It may have up to 4MiB.")
    }
    try YamlEvents.check(text, source: source)
    let node: Node?
    do {
      // No YAML types or constructed values are needed, and resolving them costs ten million instructions before the first event.
      // Without an explicit encoding, Yams reads the environment.
      node = try Yams.compose(yaml: text, .basic, Constructor([:], [:], [:]), .utf8)
    } catch let error as YamlError {
      throw error.asScenarioError(in: text, source: source)
    }
    guard let node else {
      throw ScenarioError(at: Place(source: source), "the file is empty", remedy: "A scenario needs at least name, topics, workload and duration.")
    }
    return try Value(node, source: source, path: "")
  }

  private init(_ node: Node, source: String, path: String) throws {
    let place = Place(source: source, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    self.place = place
    self.path = path
    switch node {
    case .scalar(let scalar):
      content = .scalar(scalar.string)
    case .sequence(let sequence):
      content = .list(try sequence.enumerated().map { try Value($1, source: source, path: "\(path)[\($0)]") })
    case .mapping(let mapping):
      content = .map(try mapping.map { key, value in
        guard case .scalar(let name) = key else {
          throw ScenarioError(at: place, "a key must be a plain word", remedy: "Quote it if it holds braces or brackets.")
        }
        guard name.string != "<<" else {
          throw ScenarioError(at: Place(source: source, line: key.mark?.line ?? 0, column: key.mark?.column ?? 0), "merge keys are not read", remedy: "Write the keys out.")
        }
        let keyPlace = Place(source: source, line: key.mark?.line ?? 0, column: key.mark?.column ?? 0)
        return Entry(key: name.string, keyPlace: keyPlace, value: try Value(value, source: source, path: Value.path(of: name.string, below: path)))
      })
    case .alias:
      throw ScenarioError(at: place, "aliases are not read", remedy: "Write the value out.")
    }
  }

  package var scalar: String? {
    guard case .scalar(let text) = content else { return nil }
    return text
  }

  /// The kind of value, in words.
  package var kind: String {
    switch content {
    case .scalar(let text): "'\(text.quotable)'"
    case .list: "a list"
    case .map: "a mapping"
    }
  }

  package func error(_ problem: String, remedy: String) -> ScenarioError {
    ScenarioError(at: place, path.isEmpty ? problem : "\(path): \(problem)", remedy: remedy)
  }
}

extension String {
  /// The value for messages: shortened, and without control characters that would affect a terminal.
  package var quotable: String {
    let limit = 80
    guard count > limit || hasControlCharacters else { return self }
    let text = String(String.UnicodeScalarView(prefix(limit).unicodeScalars.map { $0.isControl ? "?" : $0 }))
    return count > limit ? text + "…" : text
  }

  package var hasControlCharacters: Bool { unicodeScalars.contains(where: \.isControl) }
}

extension Unicode.Scalar {
  /// Whether it is a control character of ASCII or Latin-1, or one that changes the writing direction.
  package var isControl: Bool { value < 0x20 || (0x7f...0x9f).contains(value) || (0x202a...0x202e).contains(value) || (0x2066...0x2069).contains(value) }
}
