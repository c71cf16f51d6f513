import Coordination
import Primitives
import Wire

extension ConsumerGroup {
  /// The sender of an offset commit.
  public struct Committer: Sendable {
    public var memberId: String
    public var instanceId: String?
    /// The member's epoch, or the generation of a member of the classic protocol; negative if no member commits.
    public var epoch: Int32
    /// Whether the request is TxnOffsetCommit, which does not have to name a member.
    public var isTransactional: Bool
    /// The version of OffsetCommit.
    public var version: Int16

    public init(memberId: String, instanceId: String? = nil, epoch: Int32, isTransactional: Bool = false, version: Int16) {
      self.memberId = memberId
      self.instanceId = instanceId
      self.epoch = epoch
      self.isTransactional = isTransactional
      self.version = version
    }
  }

  /// Refuses a whole commit unless its sender may commit for each partition (`ConsumerGroup.validateOffsetCommit`).
  ///
  /// A member that does not know its new epoch yet may commit for what it still owns and owned in the epoch it knows (KIP-1251). A non-member may
  /// commit only while the group has no members. A topic that does not exist has no id.
  public func checkCommit(
    by committer: Committer, for partitions: some Sequence<(topic: Uuid?, partition: Int32)>, fence: GroupSwitches.CommitFence = .range
  ) throws(Refusal) {
    if committer.epoch < 0, members.isEmpty { return }
    if committer.isTransactional, committer.epoch == -1, committer.memberId.isEmpty, committer.instanceId == nil { return }
    let member = try knownMember(committer.memberId)
    if !committer.isTransactional, !member.usesClassicProtocol, committer.version < 9 {
      throw Refusal(.unsupportedVersion, "OffsetCommit version 9 or above must be used by members using the modern group protocol")
    }
    if committer.epoch == member.epoch { return }
    guard committer.epoch < member.epoch, fence == .range else {
      mark(.commitOfOtherMemberEpoch)
      throw stale(committer.epoch, member)
    }
    for partition in partitions {
      guard let topic = partition.topic,
        let since = member.assigned.epoch(of: partition.partition, of: topic) ?? member.pendingRevocation.epoch(of: partition.partition, of: topic),
        committer.epoch >= since
      else {
        mark(.commitAfterPartitionMoved)
        throw stale(committer.epoch, member)
      }
      mustHold(
        since <= committer.epoch,
        "group \(id): member \(member.id) commits in epoch \(committer.epoch) for partition \(partition.partition) of topic \(topic), which it has since epoch \(since)")
    }
    mark(.commitOfFormerEpochTaken)
  }

  /// Refuses to show offsets to a member with a wrong epoch (`ConsumerGroup.validateOffsetFetch`). A request that names no member sees them.
  public func checkFetch(memberId: String?, epoch: Int32) throws(Refusal) {
    if memberId == nil, epoch < 0 { return }
    let member = try knownMember(memberId ?? "")
    if epoch != member.epoch {
      mark(.offsetsReadInFormerEpoch)
      throw stale(epoch, member)
    }
  }

  private func stale(_ epoch: Int32, _ member: ConsumerGroupMember) -> Refusal {
    if member.usesClassicProtocol {
      return Refusal(.illegalGeneration, "The received generation id \(epoch) does not match the expected member epoch \(member.epoch).")
    }
    return Refusal(.staleMemberEpoch, "The received member epoch \(epoch) does not match the expected member epoch \(member.epoch).")
  }
}
