import Host
import Log
import Primitives

extension Partition {
  /// Becomes the leader, or stays the leader with another assignment or ISR.
  func becomeLeader(_ state: PartitionState) {
    guard let log else { return }
    requireNewer(state)
    let isNewEpoch = role != .leader || state.leaderEpoch > leaderEpoch
    let now = manager.reactor.now
    if isNewEpoch { enterEpoch(state.leaderEpoch, of: log, at: now) }
    adoptAssignment(of: state)
    partitionEpoch = state.partitionEpoch
    leaderID = state.leader
    if inSyncReplicas.proposal != nil { mark(.isrProposalSettledByMetadata) }
    inSyncReplicas.commit(state.isr)
    adoptFollowers(of: state, isNewEpoch: isNewEpoch, at: now)
    role = .leader
    countISR()
    requireLeading(log, isNewEpoch: isNewEpoch)
    if isNewEpoch {
      markMoved(.leadership)
      report(.becameLeader(topicPartition, epoch: leaderEpoch, startOffset: log.logEndOffset))
      // KIP-704: a Kafka replica has nothing to recover, and its next ISR proposal says so to the controller.
      if state.isRecovering { report(.note("\(topicPartition): the leader of epoch \(leaderEpoch) was elected without regard to the ISR")) }
      listener?.becameLeader(of: self, in: leaderEpoch)
    }
    // The ISR may consist of this replica only.
    advanceHighWatermark(at: now)
  }

  private func enterEpoch(_ epoch: LeaderEpoch, of log: PartitionLog, at now: Instant) {
    leaderEpoch = epoch
    leaderEpochStartOffset = log.logEndOffset
    // KAFKA-7415: a leader that records its epoch only with its first record answers "unknown" to followers that ask about the previous epoch, and
    // they fall back to their high watermarks.
    if switches.persistEpochOnBecomeLeader { log.assignEpochStart(epoch: epoch, startOffset: log.logEndOffset) }
  }

  /// Keeps what is known of remaining replicas, as far as it still counts.
  private func adoptFollowers(of state: PartitionState, isNewEpoch: Bool, at now: Instant) {
    let wasLeader = role == .leader
    let former = followers
    followers = state.replicas.filter { $0 != manager.localID }.map { id in
      former.first { $0.id == id } ?? FollowerReplica(id: id)
    }
    for follower in followers {
      follower.isInSync = state.isr.contains(follower.id)
      guard isNewEpoch else { continue }
      // A replica may have been removed and added again, empty, between two epochs that arrive as one: its earlier progress is no reason to add it to
      // the ISR.
      if !wasLeader || (switches.resetFollowersOnNewEpoch && !follower.isInSync) {
        follower.reset(at: now, isInSync: follower.isInSync)
      } else {
        follower.carryOver(at: now, isInSync: follower.isInSync, leaderEndOffset: logEndOffset)
      }
    }
  }

  /// Becomes a follower. Returns whether the leader epoch is new, so that replication must start over.
  func becomeFollower(_ state: PartitionState) -> Bool {
    requireNewer(state)
    let isNewEpoch = role != .follower || state.leaderEpoch > leaderEpoch
    let former = leadership
    leaderEpoch = state.leaderEpoch
    partitionEpoch = state.partitionEpoch
    leaderID = state.leader
    leaderEpochStartOffset = nil
    adoptAssignment(of: state)
    if inSyncReplicas.proposal != nil { mark(.isrProposalLostWithLeadership) }
    inSyncReplicas.commit([])
    followers = []
    countedISRSize = 0
    role = .follower
    if isNewEpoch {
      markMoved(.leadership)
      report(.becameFollower(topicPartition, epoch: leaderEpoch, leader: leaderID))
    }
    tellEnd(of: former)
    return isNewEpoch
  }

  private func adoptAssignment(of state: PartitionState) {
    replicas = state.replicas
    addingReplicas = state.addingReplicas
    removingReplicas = state.removingReplicas
  }

  /// Takes the replica offline after a disk failure: it answers KAFKA_STORAGE_ERROR until the broker is restarted.
  func goOffline() {
    guard role != .offline else { return }
    mark(.replicaOffline)
    let former = leadership
    role = .offline
    leaderEpochStartOffset = nil
    inSyncReplicas.commit([])
    followers = []
    markMoved(.leadership)
    tellEnd(of: former)
  }

  /// Removes the replica from this broker.
  func remove() {
    isRemoved = true
    stepDown()
  }

  /// Stops serving requests: the replica or the broker goes away.
  func stepDown() {
    guard role != .offline else { return }
    let former = leadership
    role = .follower
    leaderID = .none
    leaderEpochStartOffset = nil
    inSyncReplicas.commit([])
    followers = []
    markMoved(.leadership)
    tellEnd(of: former)
  }

  /// The epoch in which this replica leads; nil if it does not.
  private var leadership: LeaderEpoch? { role == .leader ? leaderEpoch : nil }

  /// Tells the listener that a leadership is over.
  private func tellEnd(of former: LeaderEpoch?) {
    if let former {
      mark(.leadershipEnded)
      listener?.steppedDown(from: self, in: former)
    }
  }
}
