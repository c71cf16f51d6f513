import Coordination
import OrderedCollections
import Primitives

extension TopicName {
  /// Throws if a name is invalid.
  static func check(_ name: String) throws(Refusal) {
    if name.isEmpty { throw Refusal(.invalidTopicException, "a topic's name is not empty") }
    if name == "." || name == ".." { throw Refusal(.invalidTopicException, "a topic is not named \(name)") }
    if name.utf8.count > maximumLength {
      throw Refusal(.invalidTopicException, "a topic's name has at most \(maximumLength) characters, not \(name.utf8.count)")
    }
    guard name.utf8.allSatisfy(isLegal) else {
      throw Refusal(.invalidTopicException, "topic name \(name) has other characters than ASCII letters, digits, '.', '_' and '-'")
    }
  }
}

/// Metric names do not distinguish dots from underscores, so two topics may not differ only in that.
struct TopicNameCollisions {
  private let topics: OrderedDictionary<Uuid, TopicImage>.Values
  /// Topics with such characters, by their names with all dots replaced. Only for lookups, and built when first needed.
  private var names: [String: String]?

  init(_ topics: OrderedDictionary<Uuid, TopicImage>.Values) { self.topics = topics }

  mutating func check(_ name: String) throws(Refusal) {
    guard Self.hasCollidingCharacters(name) else { return }
    if names == nil {
      names = [:]
      for topic in topics { add(topic.name) }
    }
    if let other = names?[Self.unified(name)] { throw Refusal(.invalidTopicException, "topic '\(name)' collides with existing topic '\(other)'") }
  }

  mutating func add(_ name: String) {
    if names != nil, Self.hasCollidingCharacters(name) { names?[Self.unified(name)] = name }
  }

  private static func hasCollidingCharacters(_ name: String) -> Bool {
    name.utf8.contains(UInt8(ascii: ".")) || name.utf8.contains(UInt8(ascii: "_"))
  }

  private static func unified(_ name: String) -> String {
    String(decoding: name.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }
}
