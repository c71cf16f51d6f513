import Primitives
import Wire

/// What is checked of committed offsets in the middle of an event.
extension GroupShard {
  /// Checks that a member commits in the present generation or epoch, or what it still owns.
  func requireCommitterOwns(_ groupID: String, _ memberID: String, _ epoch: Int32, _ partitions: some Sequence<(topic: Uuid?, partition: Int32)>) {
    guard epoch >= 0, let group = groups[groupID] else { return }
    switch group {
    case .classic(let classic):
      mustHold(epoch == classic.generation, "group \(groupID): \(memberID) commits in generation \(epoch), and the group is in generation \(classic.generation)")
    case .consumer(let consumer):
      guard let member = consumer.members[memberID], epoch != member.epoch else { return }
      for partition in partitions {
        guard let topic = partition.topic else { continue }
        mustHold(
          consumer.owner(of: partition.partition, of: topic) == memberID,
          "group \(groupID): \(memberID) commits for \(topic)-\(partition.partition) in epoch \(epoch), and it is in epoch \(member.epoch) and does not own that")
      }
    }
  }

  /// Checks that the offset of a transaction replaces no later one.
  func requireLater(_ offset: CommittedOffset, than former: CommittedOffset?) {
    mustHold(
      former.map { $0.order <= offset.order } ?? true, "an offset of a transaction, \(offset.offset), replaces \(former?.offset ?? -1), which was committed after it")
  }

  /// Checks that what a transaction committed counts, unless something later does.
  func requireTaken(_ table: OffsetTable) {
    table.forEach { group, topic, partition, offset in
      let present = offsets[group, topic, partition]?.order
      mustHold(
        present.map { $0 >= offset.order } ?? false,
        "group \(group): the transaction that committed \(offset.offset) for \(topic)-\(partition) is committed, and \(present == nil ? "nothing" : "an earlier offset") counts")
    }
  }

  /// Checks that no offset is told as stable that an open transaction may replace.
  func requireStable(_ response: OffsetFetchResponse.OffsetFetchResponseGroup) {
    guard !transactionalOffsets.isEmpty else { return }
    let id = response.groupId
    for topic in response.topics {
      for partition in topic.partitions where partition.errorCode == .none {
        let replacing = transactionalOffsets.first { $0.value[id]?[topic.name]?[partition.partitionIndex] != nil }?.key
        mustHold(
          replacing == nil, "group \(id): \(partition.committedOffset) is told for \(topic.name)-\(partition.partitionIndex), which producer \(replacing ?? -1) is about to replace")
      }
    }
  }
}
