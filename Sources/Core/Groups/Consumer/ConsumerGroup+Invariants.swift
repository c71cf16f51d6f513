import Host
import Primitives
import Wire

extension ConsumerGroup {
  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    check.require(targetEpoch <= epoch, "\(name): its target is for epoch \(targetEpoch), but it is in epoch \(epoch)")
    let isStable = state == .stable
    for member in members.values {
      if isStable {
        check.require(
          member.assigned.assignment == targets[member.id] ?? PartitionAssignment(),
          "\(name): it is stable, but \(member.id) does not own its target")
      }
      for entry in member.assigned.entries + member.pendingRevocation.entries {
        let owner = owner(of: entry.partition, of: entry.topic)
        check.require(owner == member.id, "\(name): \(member.id) has \(entry.topic)-\(entry.partition), which is \(owner ?? "nobody")'s")
      }
    }
  }
}

/// What is checked in the middle of an event.
extension ConsumerGroup {
  /// Checks a step of a member towards its target: it gives up nothing that it still reports, gets nothing that another member has, and is in the target's epoch once nothing is
  /// left to give up.
  func requireStep(from member: ConsumerGroupMember, to next: ConsumerGroupMember, owned: OwnedTopics?, _ switches: GroupSwitches) {
    for entry in member.assigned.entries + member.pendingRevocation.entries
    where !next.assigned.contains(entry.partition, of: entry.topic) && !next.pendingRevocation.contains(entry.partition, of: entry.topic) {
      let isReported = owned?.contains { $0.topicId == entry.topic && $0.partitions.contains(entry.partition) } ?? true
      mustHold(!isReported, "group \(id): \(entry.topic)-\(entry.partition) counts as given up, and \(member.id) may still own it")
    }
    for entry in next.assigned.entries where !member.assigned.contains(entry.partition, of: entry.topic) {
      let owner = owner(of: entry.partition, of: entry.topic)
      mustHold(
        owner == nil || owner == member.id || switches.releaseWithoutAck, "group \(id): \(member.id) gets \(entry.topic)-\(entry.partition), which is \(owner ?? "nobody")'s")
    }
    let expected = next.state == .unrevokedPartitions ? member.epoch : targetEpoch
    mustHold(
      next.epoch == expected,
      "group \(id): \(member.id) with \(next.state) partitions goes from epoch \(member.epoch) to \(next.epoch), and the target's is \(targetEpoch)")
    mustHold(
      next.state == .unrevokedPartitions || next.pendingRevocation.isEmpty, "group \(id): \(member.id) is \(next.state), and has \(next.pendingRevocation.count) partitions to give up")
  }

  /// Checks the deadlines of a member that was just heard from.
  ///
  /// - Parameter isMoved: Whether its time to give up partitions was just set.
  func requireTimers(of member: ConsumerGroupMember, isMoved: Bool, session: Duration, from now: Instant) {
    let left = timers.sessionDeadline(of: member.id).map { $0 - now }
    mustHold(
      left == session && timers.next <= now + session,
      "group \(id): the session of \(member.id) lasts \(left.map { "\($0)" } ?? "for ever") from now on, and its timeout is \(session)")
    guard isMoved, !member.usesClassicProtocol else { return }
    let end = timers.revocationDeadline(of: member.id)
    mustHold(
      (end != nil) == (member.state == .unrevokedPartitions),
      "group \(id): \(member.id) is \(member.state), and \(end == nil ? "nothing" : "a timer") ends its time to give up \(member.pendingRevocation.count) partitions")
  }

  /// Checks what a heartbeat did to the epochs. This is the group before it.
  func requireEpochs(after next: ConsumerGroup, _ request: ConsumerGroupHeartbeatRequest, from former: ConsumerGroupMember, to member: ConsumerGroupMember) {
    mustHold(next.epoch >= epoch, "group \(id): it goes back from epoch \(epoch) to \(next.epoch)")
    mustHold(
      former.topicNames == member.topicNames || next.epoch > epoch,
      "group \(id): \(member.id) subscribes to \(member.topicNames) after \(former.topicNames), and the epoch stays \(epoch)")
    mustHold(
      next.targetEpoch == targetEpoch || next.targetEpoch == next.epoch, "group \(id): a target for epoch \(next.targetEpoch) is computed, and it is in epoch \(next.epoch)")
    mustHold(
      request.memberEpoch == 0 || request.memberEpoch == former.epoch || request.memberEpoch == former.previousEpoch,
      "group \(id): a heartbeat of \(member.id) in epoch \(request.memberEpoch) is taken, and it is in epoch \(former.epoch) after \(former.previousEpoch)")
  }

  /// Checks that nothing is left of members that are gone. This is the group before that.
  func requireGone(_ gone: [ConsumerGroupMember], after next: ConsumerGroup) {
    mustHold(next.epoch > epoch, "group \(id): \(gone.count) members are gone, and the epoch stays \(epoch)")
    for member in gone {
      let kept = (member.assigned.entries + member.pendingRevocation.entries).first { next.owner(of: $0.partition, of: $0.topic) == member.id }
      mustHold(
        kept == nil && next.members[member.id] == nil && next.targets[member.id] == nil,
        "group \(id): \(member.id) is gone, and \(kept.map { "\($0.topic)-\($0.partition)" } ?? "something") is still its own")
    }
  }
}
