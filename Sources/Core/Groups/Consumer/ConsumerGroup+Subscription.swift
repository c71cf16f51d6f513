import Primitives

extension ConsumerGroup {
  /// Every topic to which a member subscribes, by name or by pattern; sorted, without repetitions. They may not exist.
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

  /// All patterns to which members subscribe; sorted, without repetitions.
  var subscribedPatterns: [String] { members.values.compactMap(\.subscribedPattern).sortedOnce }

  /// Whether all members want the same (`ConsumerGroup.subscriptionType`): the same names and no pattern, or one pattern and no names.
  var isHomogeneous: Bool {
    guard let first = members.values.first else { return true }
    if first.subscribedPattern != nil, !first.topicNames.isEmpty { return false }
    return members.values.allSatisfy { $0.topicNames == first.topicNames && $0.subscribedPattern == first.subscribedPattern }
  }

  /// The topics that a member wants, by name or by resolved pattern; sorted, without repetitions.
  func wantedTopics(of member: ConsumerGroupMember) -> [String] {
    guard let pattern = member.subscribedPattern, let resolved = patterns[pattern] else { return member.topicNames }
    return member.topicNames.isEmpty ? resolved.topics : (member.topicNames + resolved.topics).sortedOnce
  }
}
