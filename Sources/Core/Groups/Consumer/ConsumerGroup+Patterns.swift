import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// How old what patterns resolved to must be before they are resolved again (`REGEX_BATCH_REFRESH_MIN_INTERVAL_MS`).
  private static let leastRefreshInterval = Duration.seconds(10)

  /// Whether the patterns of the group are to be resolved when a member was heard from (`maybeUpdateRegularExpressions`): one of them is not, or the topics have changed, or what they
  /// resolved to is old; but not more often than every ten seconds. All of them at once, so that they cost one rebalance.
  func needsPatternRefresh(
    for member: ConsumerGroupMember, topics: any TopicsOfGroups, settings: ConsumerGroupSettings, at wallClock: Timestamp
  ) -> Bool {
    // Most groups have no patterns.
    if member.subscribedPattern == nil, patterns.isEmpty { return false }
    let subscribed = subscribedPatterns
    if subscribed.isEmpty { return false }
    guard let last = patterns.values.first else { return true }
    if wallClock <= last.timestamp + Self.leastRefreshInterval { return false }
    return subscribed.count != patterns.count || last.version < topics.version
      || wallClock > last.timestamp + settings.patternRefreshInterval
  }

  /// Resolves all patterns that members subscribe to, and raises the group epoch where that changes what the group consumes (`refreshRegularExpressions`,
  /// `handleRegularExpressionsResult`).
  mutating func resolvePatterns(topics: any TopicsOfGroups, at wallClock: Timestamp) throws(Refusal) -> [CoordinatorRecord] {
    let names = topics.names
    var draft = ConsumerGroupDraft(self)
    var isChanged = false
    for pattern in subscribedPatterns {
      // What was no pattern has not come this far, unless another version of Kafka wrote it: it matches nothing.
      let matching = (try? TopicPattern(pattern)).map { compiled in names.filter { compiled.matches($0) } } ?? []
      let resolved = ResolvedPattern(topics: matching.sortedOnce, version: topics.version, timestamp: wallClock)
      if resolved.topics != patterns[pattern]?.topics ?? [] { isChanged = true }
      try draft.write(.pattern(pattern, resolved))
    }
    if draft.records.isEmpty { return [] }
    let hash = TopicsHash.hash(of: draft.group.subscribedTopics, in: topics)
    if isChanged || hash != metadataHash {
      try draft.bumpEpoch(metadataHash: hash)
      checkedTopics = (topics.version, draft.group.epoch)
    }
    return draft.records
  }
}
