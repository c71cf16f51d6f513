/// Kafka's rules for the names of topics.
enum TopicName {
  static let maximumLength = 249

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

  /// Metric names cannot tell a dot from an underscore, so two topics may not differ in that alone.
  static func collide(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { unified($0) == unified($1) }
  }

  static func hasCollidingCharacters(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: ".")) || name.utf8.contains(UInt8(ascii: "_")) }

  private static func unified(_ character: UInt8) -> UInt8 { character == UInt8(ascii: ".") ? UInt8(ascii: "_") : character }

  private static func isLegal(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
