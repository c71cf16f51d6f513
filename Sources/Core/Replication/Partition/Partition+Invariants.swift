import Host
import Log
import Primitives

extension Partition {
  /// What one check of the invariants saw, for values that must never go back between checks.
  struct Seen {
    var isLeader: Bool
    var leaderEpoch: LeaderEpoch
    var partitionEpoch: PartitionEpoch
    var highWatermark: Offset
    var lastStableOffset: Offset
  }

  /// Checks what must hold between two events. Only an observer of all brokers can check what involves several of them, such as that the whole ISR
  /// has what is committed.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard role != .offline, let log else { return }
    log.checkInvariants(&check)
    check.require(movement.isEmpty, "\(words): something moved, and nobody looked at the requests that wait for it")
    checkHighWatermark(&check)
    let stable = lastStableOffset
    checkCourse(&check, stable)
    checkStability(&check, log, stable)
    if role == .leader { checkLeading(&check, log) } else { checkFollowing(&check) }
    checkWaiting(&check, log)
    checkSessions(&check)
  }

  /// Checks that the high watermark is within the log.
  public func checkHighWatermark(_ check: inout InvariantCheck) {
    guard role != .offline, let log else { return }
    check.require(highWatermark <= log.logEndOffset, "\(words): the high watermark \(highWatermark) is behind the log end offset \(log.logEndOffset)")
    check.require(highWatermark >= 0, "\(words): the high watermark is \(highWatermark)")
  }

  private var words: String { "\(topicPartition) at broker \(manager.localID)" }

  /// Checks that nothing goes back: epochs never, the high watermark and the last stable offset not while the leader stays.
  private func checkCourse(_ check: inout InvariantCheck, _ stable: Offset) {
    if let seen {
      check.require(leaderEpoch >= seen.leaderEpoch, "\(words): the leader epoch went back from \(seen.leaderEpoch) to \(leaderEpoch)")
      check.require(partitionEpoch >= seen.partitionEpoch, "\(words): the partition epoch went back from \(seen.partitionEpoch) to \(partitionEpoch)")
      if isLeader, seen.isLeader, leaderEpoch == seen.leaderEpoch {
        check.require(
          highWatermark >= seen.highWatermark,
          "\(words): the high watermark went back from \(seen.highWatermark) to \(highWatermark) while it led epoch \(leaderEpoch)")
        check.require(
          stable >= seen.lastStableOffset,
          "\(words): the last stable offset went back from \(seen.lastStableOffset) to \(stable) while it led epoch \(leaderEpoch)")
      }
    }
    seen = Seen(isLeader: isLeader, leaderEpoch: leaderEpoch, partitionEpoch: partitionEpoch, highWatermark: highWatermark, lastStableOffset: stable)
  }

  /// Checks that no reader at `read_committed` sees what an open transaction may take back.
  private func checkStability(_ check: inout InvariantCheck, _ log: PartitionLog, _ stable: Offset) {
    check.require(stable <= highWatermark, "\(words): the last stable offset \(stable) is behind the high watermark \(highWatermark)")
    guard check.isWhole, let open = log.firstOpenTransaction else { return }
    check.require(
      stable <= max(open, log.logStartOffset), "\(words): the last stable offset \(stable) has passed a transaction that is open from \(open) on")
  }

  // MARK: In the middle of an event

  /// States that the high watermark has moved to where it may stand: within the log, and while this replica leads, forwards to what is durable here and is in the logs of the ISR.
  func requireHighWatermark(from former: Offset) {
    mustHold(
      highWatermark <= logEndOffset && highWatermark >= logStartOffset,
      "\(words): the high watermark moved from \(former) to \(highWatermark), and the log goes from \(logStartOffset) to \(logEndOffset)")
    guard role == .leader else { return }
    mustHold(
      highWatermark > former && highWatermark <= log?.durableEndOffset ?? highWatermark,
      "\(words): the high watermark moved from \(former) to \(highWatermark) while it leads, and \(log?.durableEndOffset ?? .unknown) offsets are durable")
    mustHold(
      !switches.highWatermarkNeedsMinimumISR || isr.count >= minimumISRSize,
      "\(words): the high watermark moved to \(highWatermark) with the ISR \(isr), of at least \(minimumISRSize)")
    for index in followers.indices {
      mustHold(
        !followers[index].isInSync || followers[index].logEndOffset >= highWatermark,
        "\(words): the high watermark moved to \(highWatermark), and broker \(followers[index].id), which is in sync, has \(followers[index].logEndOffset) offsets")
    }
  }

  /// States that a state of the metadata is newer than the one that it replaces.
  func requireNewer(_ state: PartitionState) {
    mustHold(
      state.partitionEpoch > partitionEpoch && state.leaderEpoch >= leaderEpoch,
      "\(words): it stands at partition epoch \(partitionEpoch) in leader epoch \(leaderEpoch), and takes over \(state.partitionEpoch) in \(state.leaderEpoch)")
  }

  /// States that a leader's log knows its epoch, that the followers count by the ISR, and that no fetch of a former epoch counts for a replica outside of it.
  func requireLeading(_ log: PartitionLog, isNewEpoch: Bool) {
    mustHold(
      !switches.persistEpochOnBecomeLeader || log.latestEpoch == leaderEpoch,
      "\(words): it leads epoch \(leaderEpoch), and the last one that its log knows is \(log.latestEpoch ?? .unknown)")
    mustHold(
      leaderEpochStartOffset.map { $0 <= log.logEndOffset } ?? false && (!isNewEpoch || leaderEpochStartOffset == log.logEndOffset),
      "\(words): its epoch \(leaderEpoch) begins at \(leaderEpochStartOffset ?? .unknown), and its log ends at \(log.logEndOffset)")
    for follower in followers {
      let isMember = isr.contains(follower.id)
      mustHold(
        follower.isInSync == isMember && (follower.isCounted || !isMember),
        "\(words): broker \(follower.id) \(follower.isCounted ? "counts" : "does not count") for the high watermark, and the ISR is \(isr)")
      mustHold(
        !isNewEpoch || isMember || !switches.resetFollowersOnNewEpoch || follower.logEndOffset == .unknown && follower.brokerEpoch == nil,
        "\(words): broker \(follower.id) is not in the ISR \(isr), and what it fetched before epoch \(leaderEpoch) counts, up to \(follower.logEndOffset)")
    }
  }

  /// States that a proposed ISR has the leader and other replicas, each once: who is to join has come far enough, and who is to leave lags.
  func requireProposal(at now: Instant) {
    let proposed = inSyncReplicas.proposed
    mustHold(
      role == .leader && proposed.contains(manager.localID) && Set(proposed).count == proposed.count && proposed.allSatisfy(replicas.contains),
      "\(words): it proposes the ISR \(proposed), of the replicas \(replicas)")
    for follower in followers {
      let isMember = proposed.contains(follower.id)
      guard isMember != follower.isInSync else { continue }
      let required = switches.requireLeaderEpochStartOffset ? max(highWatermark, leaderEpochStartOffset ?? highWatermark) : highWatermark
      mustHold(
        isMember ? follower.logEndOffset >= required : follower.logEndOffset != logEndOffset && follower.lastCaughtUp + manager.configuration.replicaLagTimeMax < now,
        "\(words): broker \(follower.id) is to \(isMember ? "join" : "leave") the ISR \(isr); it has \(follower.logEndOffset) offsets of \(logEndOffset), and \(required) are committed")
    }
  }

  /// States that the appends that are answered have what they waited for, and that no other has.
  ///
  /// - Parameter last: what the last of them waited for; nil if there is none.
  func requireDue(_ last: Offset?) {
    mustHold(
      last ?? highWatermark <= highWatermark,
      "\(words): an append that waits for the high watermark to reach \(last ?? .unknown) is answered, and it is \(highWatermark)")
    mustHold(
      produceWatches.first.map { $0.requiredOffset > highWatermark } ?? true,
      "\(words): an append waits for the high watermark to reach \(produceWatches.first?.requiredOffset ?? .unknown), and it is \(highWatermark)")
  }

  /// States that all live replicas have given up what was to be deleted.
  func requireDeleted(below target: Offset) {
    mustHold(logStartOffset >= target, "\(words): the records below \(target) are told to be deleted, and its own log starts at \(logStartOffset)")
    for follower in followers where follower.logStartOffset < target {
      mustHold(
        manager.replicas.brokers[follower.id].map(\.isFenced) ?? true,
        "\(words): the records below \(target) are told to be deleted, and the log of broker \(follower.id) starts at \(follower.logStartOffset)")
    }
  }

  // MARK: Roles

  private func checkLeading(_ check: inout InvariantCheck, _ log: PartitionLog) {
    check.require(leaderID == manager.localID, "\(words): it leads, and takes broker \(leaderID) for the leader")
    check.require(
      leaderEpochStartOffset.map { $0 <= log.logEndOffset } ?? false,
      "\(words): it leads an epoch that begins at \(leaderEpochStartOffset.map { "\($0)" } ?? "no offset") in a log that ends at \(log.logEndOffset)")
    check.require(isr.contains(manager.localID), "\(words): it leads, and is not in the ISR \(isr)")
    for member in maximalISR { check.require(replicas.contains(member), "\(words): broker \(member) may be in the ISR, and is none of the replicas \(replicas)") }
    checkFollowers(&check)
    check.require(fetching == nil, "\(words): it leads and replicates")
  }

  /// Checks that the leader counts its followers according to the ISR.
  private func checkFollowers(_ check: inout InvariantCheck) {
    check.require(
      followers.map(\.id) == replicas.filter { $0 != manager.localID }, "\(words): its followers are \(followers.map(\.id)), of the replicas \(replicas)")
    let counted = switches.leaderUsesMaximalISR ? maximalISR : isr
    check.require(countedISRSize == counted.count, "\(words): \(countedISRSize) replicas count for the high watermark, of the ISR \(counted)")
    for follower in followers {
      check.require(
        follower.isCounted == counted.contains(follower.id) && follower.isInSync == isr.contains(follower.id),
        "\(words): broker \(follower.id) \(follower.isCounted ? "counts" : "does not count") for the high watermark, with the ISR \(isr), perhaps \(maximalISR)")
    }
  }

  private func checkFollowing(_ check: inout InvariantCheck) {
    check.require(maximalISR.isEmpty && followers.isEmpty, "\(words): it does not lead, and keeps the ISR \(maximalISR) and the followers \(followers.map(\.id))")
    check.require(leaderEpochStartOffset == nil, "\(words): it does not lead, and has an epoch that begins at \(leaderEpochStartOffset ?? .unknown)")
    guard let fetching else {
      return check.require(
        leaderID == .none || manager.isShutDown || manager.isInControlledShutdown, "\(words): it follows broker \(leaderID), and does not replicate")
    }
    check.require(
      fetching.partition === self && fetching.isActive && fetching.fetcher.leaderID == leaderID && fetching.leaderEpoch == leaderEpoch,
      "\(words): it follows broker \(leaderID) in epoch \(leaderEpoch), and replicates from broker \(fetching.fetcher.leaderID) in epoch \(fetching.leaderEpoch)")
  }

  // MARK: Waiting requests

  private func checkWaiting(_ check: inout InvariantCheck, _ log: PartitionLog) {
    guard role == .leader else {
      return check.require(
        produceWatches.isEmpty && syncWatches.isEmpty && deleteRecordsWatches.isEmpty, "\(words): requests wait for a leader, and it does not lead")
    }
    if let first = produceWatches.first {
      check.require(
        first.requiredOffset > highWatermark && !first.delayed.isDone,
        "\(words): an append waits for the high watermark to reach \(first.requiredOffset), and it is \(highWatermark)")
    }
    if let first = syncWatches.first {
      check.require(
        first.requiredOffset > log.durableEndOffset && !first.delayed.isDone,
        "\(words): an append waits for a sync up to \(first.requiredOffset), and \(log.durableEndOffset) offsets are synced")
    }
  }

  /// Checks that a session's target rests only while nothing moves, and that both sides agree about it.
  private func checkSessions(_ check: inout InvariantCheck) {
    var resting = 0
    for target in sessionTargets {
      if target.isResting { resting += 1 }
      check.require(target.partition === self && target.session != nil, "\(words): a fetch session is to be told what moves here, and does not look here")
    }
    check.require(restingTargets == resting, "\(words): \(restingTargets) session targets count as resting, and \(resting) rest")
  }
}
