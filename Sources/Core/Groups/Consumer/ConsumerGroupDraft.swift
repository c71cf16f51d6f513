import Coordination
import Primitives
import Wire

/// A decision on its way: the records so far, and the group as they make it. What comes later in a decision sees what came before.
struct ConsumerGroupDraft {
  private(set) var group: ConsumerGroup
  private(set) var records: [CoordinatorRecord] = []

  init(_ group: ConsumerGroup) {
    self.group = group
    // Decisions need no deadlines, and shared ones would be copied when they change.
    self.group.timers = ConsumerGroupTimers()
  }

  mutating func write(_ change: ConsumerGroupRecord.Change) throws(Refusal) {
    do {
      records.append(try ConsumerGroupRecord(groupId: group.id, change).encoded())
    } catch {
      throw Refusal(.invalidRequest, "Group \(group.id) cannot be written down: \(error)")
    }
    group.apply(change)
  }

  /// Takes a member away (`GroupMetadataManager.removeMember`): first what it has, then what it was to have, then the member.
  mutating func remove(_ member: String) throws(Refusal) {
    try write(.assignment(member, nil))
    try write(.target(member, nil))
    try write(.member(member, nil))
  }

  /// Takes away what a pattern resolved to, unless somebody subscribes to it.
  mutating func forgetUnusedPattern(_ pattern: String) throws(Refusal) {
    if !group.subscribes(toPattern: pattern) { try write(.pattern(pattern, nil)) }
  }

  /// The next group epoch.
  mutating func bumpEpoch(metadataHash: Int64) throws(Refusal) {
    try write(.epoch(group.epoch.saturatingAdding(1), metadataHash: metadataHash))
    // Since 4.1 the hash stands for what the record said (KIP-1101).
    if group.hasSubscriptionMetadataRecord { try write(.subscriptionMetadata(nil)) }
  }

  /// Notes which metadata the present epoch was made from.
  mutating func noteMetadata(_ version: Int64) {
    group.checkedTopics = (version, group.epoch)
  }
}
