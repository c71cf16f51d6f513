import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// The minimum age of resolved patterns before they are resolved again (`REGEX_BATCH_REFRESH_MIN_INTERVAL_MS`).
  private static let leastRefreshInterval = Duration.seconds(10)

  /// Whether the group's patterns must be resolved after a heartbeat (`maybeUpdateRegularExpressions`): one of them is unresolved, or the topics have
  /// changed, or the result is old; but at most every ten seconds. All are resolved together, so that they cost only one rebalance.
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

  /// Resolves all patterns to which members subscribe, and raises the group epoch if that changes what the group consumes
  /// (`refreshRegularExpressions`, `handleRegularExpressionsResult`).
  mutating func resolvePatterns(topics: any TopicsOfGroups, at wallClock: Timestamp) throws(Refusal) -> [CoordinatorRecord] {
    let names = topics.names
    var draft = ConsumerGroupDraft(self)
    var isChanged = false
    for pattern in subscribedPatterns {
      // An invalid pattern can only come from another version of Kafka: it matches nothing.
      let matching = (try? TopicPattern(pattern)).map { compiled in names.filter { compiled.matches($0) } } ?? []
      let resolved = ResolvedPattern(topics: matching.sortedOnce, version: topics.version, timestamp: wallClock)
      if resolved.topics != patterns[pattern]?.topics ?? [] { isChanged = true }
      try draft.write(.pattern(pattern, resolved))
    }
    if draft.records.isEmpty { return [] }
    let hash = TopicsHash.hash(of: draft.group.subscribedTopics, in: topics)
    if isChanged || hash != metadataHash {
      mark(.patternMatchesOtherTopics)
      try draft.bumpEpoch(metadataHash: hash)
      checkedTopics = (topics.version, draft.group.epoch)
    }
    return draft.records
  }
}
