import Primitives

extension ConsumerGroup {
  /// Every topic that some member subscribes to, by name or by a pattern; in order, each once. They need not exist.
  public var subscribedTopics: [String] {
    var names: [String] = []
    var former: [String] = []
    for member in members.values where member.topicNames != former {
      former = member.topicNames
      names += former
    }
    for pattern in patterns.values { names += pattern.topics }
    return names.sortedOnce
  }

  public func subscribes(toTopic name: String) -> Bool {
    members.values.contains { $0.topicNames.containsSorted(name) } || patterns.values.contains { $0.topics.containsSorted(name) }
  }

  func subscribes(toPattern pattern: String) -> Bool { members.values.contains { $0.subscribedPattern == pattern } }

  /// All patterns that members subscribe to, in order, each once.
  var subscribedPatterns: [String] { members.values.compactMap(\.subscribedPattern).sortedOnce }

  /// Whether all members want the same (`ConsumerGroup.subscriptionType`): the same names and no pattern, or one pattern and no names.
  var isHomogeneous: Bool {
    guard let first = members.values.first else { return true }
    if first.subscribedPattern != nil, !first.topicNames.isEmpty { return false }
    return members.values.allSatisfy { $0.topicNames == first.topicNames && $0.subscribedPattern == first.subscribedPattern }
  }

  /// What a member wants, by name or by a pattern that is resolved; in order, each once.
  func wantedTopics(of member: ConsumerGroupMember) -> [String] {
    guard let pattern = member.subscribedPattern, let resolved = patterns[pattern] else { return member.topicNames }
    return member.topicNames.isEmpty ? resolved.topics : (member.topicNames + resolved.topics).sortedOnce
  }
}
