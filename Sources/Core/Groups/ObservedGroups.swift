import Host

/// What was already reported about KIP-848 groups, so that only changes are reported. Groups change only by their records, whatever the cause.
struct ObservedGroups: Sendable {
  private struct Observed {
    var standing: Occurrence.GroupStanding
    /// In ascending order.
    var members: [String]
  }

  private struct Eviction {
    var group: String
    var member: String
    var reason: Occurrence.EvictionReason
  }

  /// Only for lookups.
  private var groups: [String: Observed] = [:]
  /// Groups to which records were applied.
  private var changed: [String] = []
  /// Members that are about to be removed.
  private var evictions: [Eviction] = []

  mutating func markChanged(_ id: String) {
    if !changed.contains(id) { changed.append(id) }
  }

  mutating func recordEviction(of member: String, from group: String, _ reason: Occurrence.EvictionReason) {
    evictions.removeAll { $0.group == group && $0.member == member }
    evictions.append(Eviction(group: group, member: member, reason: reason))
  }

  /// Removes and returns the changed groups; nil if there are none.
  mutating func takeChanged() -> [String]? {
    guard !changed.isEmpty else { return nil }
    defer { changed = [] }
    return changed
  }

  /// Forgets a group that is gone, or has become a classic one. Returns the members that were removed with it.
  mutating func forget(_ id: String) -> [Occurrence] {
    groups[id] = nil
    let last = evictions.filter { $0.group == id }
    evictions.removeAll { $0.group == id }
    return last.map { .memberEvicted(group: id, member: $0.member, reason: $0.reason) }
  }

  /// Returns the changes of a group.
  mutating func take(_ group: ConsumerGroup) -> [Occurrence] {
    let former = groups[group.id], standing = group.standing, members = group.members.keys
    guard former?.standing != standing || former?.members != members else { return [] }
    groups[group.id] = Observed(standing: standing, members: members)
    var news: [Occurrence] = []
    if former?.members != members {
      let present = Set(members), known = Set(former?.members ?? [])
      for member in former?.members ?? [] where !present.contains(member) { news.append(departure(of: member, from: group.id)) }
      for member in members where !known.contains(member) { news.append(.memberJoined(group: group.id, member: member)) }
    }
    if former?.standing != standing { news.append(.groupChanged(standing)) }
    return news
  }

  private mutating func departure(of member: String, from group: String) -> Occurrence {
    guard let place = evictions.firstIndex(where: { $0.group == group && $0.member == member }) else { return .memberLeft(group: group, member: member) }
    return .memberEvicted(group: group, member: member, reason: evictions.remove(at: place).reason)
  }
}
