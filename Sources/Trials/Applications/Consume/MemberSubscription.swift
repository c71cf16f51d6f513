import Groups
import Primitives
import Scenarios

/// `subscribe`: what the members of a group subscribe to, by names or by a pattern.
struct MemberSubscription {
  /// The matching topics among those that exist at the start of the scenario.
  let topics: [String]
  /// A regular expression that must match whole topic names, including those of later topics; nil if topics are named. In KIP-848 groups the coordinator evaluates it.
  let pattern: String?

  private static let longestPattern = 200

  /// Reads the key. nil if its value is wrong, which the map will report.
  init?(_ map: inout MapReader, _ reader: ApplicationReader) throws {
    if map.has("topic") || map.has("topics") {
      let entry = map.value
      try map.check { throw entry.error("subscribe and topics exclude each other", remedy: "Write subscribe: [a, b], subscribe: { pattern: a.* }, or topic: a.") }
    }
    guard let read = try map.optional("subscribe", { try Self.read($0, reader) }) else { return nil }
    (topics, pattern) = read
  }

  private static func read(_ value: Value, _ reader: ApplicationReader) throws -> (topics: [String], pattern: String?) {
    guard case .map = value.content else {
      let topics = try value.oneOrMore(reader.topic)
      guard !topics.isEmpty, Set(topics).count == topics.count else { throw value.error("expected different topics", remedy: "Write subscribe: [a, b].") }
      return (topics, nil)
    }
    var map = try MapReader(value)
    let read = try map.required("pattern") { try topics(matching: $0, reader) }
    try map.finish()
    return read
  }

  private static func topics(matching value: Value, _ reader: ApplicationReader) throws -> (topics: [String], pattern: String?) {
    let text = try value.string()
    // Members of classic groups evaluate it themselves, with another regex engine than brokers: it must be valid in both.
    guard text.utf8.count <= longestPattern, (try? Regex(text)) != nil, let pattern = try? TopicPattern(text) else {
      throw value.error("'\(text.quotable)' is not a regular expression", remedy: "Write one of up to \(longestPattern) letters, such as \"orders-.*\".")
    }
    let topics = reader.names.topics.filter { reader.names.initialTopics.contains($0) && pattern.matches($0) }
    guard !topics.isEmpty else {
      throw value.error(
        "no topic matches '\(text.quotable)'", remedy: "The whole name of a topic below topics has to match, such as \((reader.names.topics.first ?? "orders").quotable).")
    }
    return (topics, text)
  }
}
