import Host

/// What observers were told of groups of KIP-848, so that they are told what is new. Groups change by their records alone, whatever brings these about.
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

  /// Only looked up.
  private var groups: [String: Observed] = [:]
  /// Groups of which records were applied.
  private var changed: [String] = []
  /// Members that are about to be taken out.
  private var evictions: [Eviction] = []

  mutating func note(_ id: String) {
    if !changed.contains(id) { changed.append(id) }
  }

  mutating func noteEviction(of member: String, from group: String, _ reason: Occurrence.EvictionReason) {
    evictions.removeAll { $0.group == group && $0.member == member }
    evictions.append(Eviction(group: group, member: member, reason: reason))
  }

  /// Groups to look at; nil where there are none.
  mutating func takeChanged() -> [String]? {
    guard !changed.isEmpty else { return nil }
    defer { changed = [] }
    return changed
  }

  /// A group is there no more, or has become a classic one. Returns who was taken out with that.
  mutating func forget(_ id: String) -> [Occurrence] {
    groups[id] = nil
    let last = evictions.filter { $0.group == id }
    evictions.removeAll { $0.group == id }
    return last.map { .memberEvicted(group: id, member: $0.member, reason: $0.reason) }
  }

  /// What is new of a group.
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
