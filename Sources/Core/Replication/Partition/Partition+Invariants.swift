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
