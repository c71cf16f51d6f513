import OrderedCollections
import Primitives

/// What keeps a group from being stable, for observers. Members are named by their ids.
public enum GroupWait: Sendable, Equatable {
  /// A group that was empty gives further members time to join (KIP-134).
  case furtherMembers(until: Instant)
  /// Members that have to join the next generation.
  case joins(of: [String], until: Instant)
  /// Members that have joined the generation and not asked for their assignment; nothing is assigned without the leader of the group.
  case syncs(of: [String], leader: String?, until: Instant?)
  /// A member has not given up partitions, by the ids of their topics (KIP-848). The deadline is nil if no timer ends the wait.
  case revocation(by: String, of: [TopicIDPartition], until: Instant?)
  /// A member has not sent the heartbeat with which it gets into the epoch of the target (KIP-848).
  case heartbeat(of: String, epoch: Int32, target: Int32)
  /// The target is older than the group's epoch.
  case assignment(epoch: Int32, target: Int32)
}

extension GroupShard {
  /// What keeps a group from being stable; nil where nothing does, or there is no such group.
  public func wait(of id: String) -> GroupWait? {
    switch groups[id] {
    case .classic(let group)?: group.wait
    case .consumer(let group)?: group.wait
    case nil: nil
    }
  }
}

extension ClassicGroup {
  fileprivate var wait: GroupWait? {
    switch state {
    case .preparingRebalance:
      guard let joinWait else { return nil }
      if case .initial = joinWait { return .furtherMembers(until: joinWait.until) }
      return .joins(of: members.values.filter { !$0.isAwaitingJoin }.map(\.id) + pendingJoins.keys, until: joinWait.until)
    case .completingRebalance: return .syncs(of: Array(pendingSyncs), leader: leader, until: syncEnd)
    case .empty, .stable, .dead: return nil
    }
  }
}

extension ConsumerGroup {
  fileprivate var wait: GroupWait? {
    if members.isEmpty { return nil }
    if epoch > targetEpoch { return .assignment(epoch: epoch, target: targetEpoch) }
    if let owner = members.values.first(where: { $0.state == .unrevokedPartitions }) {
      let partitions = owner.pendingRevocation.entries.map { TopicIDPartition($0.topic, $0.partition) }
      return .revocation(by: owner.id, of: partitions, until: timers.revocationDeadline(of: owner.id))
    }
    return members.values.first { !$0.isReconciled(to: targetEpoch) }.map { .heartbeat(of: $0.id, epoch: $0.epoch, target: targetEpoch) }
  }
}
