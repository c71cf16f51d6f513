import Coordination
import Primitives
import Wire

/// A decision in progress: the records so far, and the group after them. Later steps of a decision see the results of earlier ones.
struct ConsumerGroupDraft {
  private(set) var group: ConsumerGroup
  private(set) var records: [CoordinatorRecord] = []

  init(_ group: ConsumerGroup) {
    self.group = group
    // Decisions need no deadlines, and shared deadlines would be copied when they change.
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

  /// Removes a member (`GroupMetadataManager.removeMember`): first its partitions, then its target, then the member.
  mutating func remove(_ member: String) throws(Refusal) {
    try write(.assignment(member, nil))
    try write(.target(member, nil))
    try write(.member(member, nil))
  }

  /// Removes the result of a pattern unless a member subscribes to it.
  mutating func forgetUnusedPattern(_ pattern: String) throws(Refusal) {
    if !group.subscribes(toPattern: pattern) { try write(.pattern(pattern, nil)) }
  }

  /// Moves to the next group epoch.
  mutating func bumpEpoch(metadataHash: Int64) throws(Refusal) {
    try write(.epoch(group.epoch.saturatingAdding(1), metadataHash: metadataHash))
    // Since 4.1 the hash replaces this record (KIP-1101).
    if group.hasSubscriptionMetadataRecord { try write(.subscriptionMetadata(nil)) }
  }

  /// Records which metadata the current epoch was made from.
  mutating func rememberMetadata(_ version: Int64) {
    group.checkedTopics = (version, group.epoch)
  }
}
