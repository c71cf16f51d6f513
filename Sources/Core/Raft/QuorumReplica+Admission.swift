import Log
import Primitives
import Wire

// Whom a replica believes. Everything here is decided before anything is remembered: a refused request leaves no trace, in memory or on
// the disk. The controller's port is open to whoever reaches it, and an epoch that was taken up can never be given back.

extension QuorumReplica {
  /// The highest epoch that is believed. A quorum that held an election every second would need 34 years to come here; a replica that
  /// took up one near the end of the numbers could never stand again.
  static let highestEpoch = LeaderEpoch(1 << 30)

  func isOwnCluster(_ id: String?) -> Bool { id == nil || id == "" || id == configuration.clusterID }

  func isVoter(_ id: Int32) -> Bool { configuration.voters.contains(NodeID(id)) }

  /// Whether a request means this voter; versions before 1 do not say whom they mean.
  func isMeant(_ voter: Int32) -> Bool { voter < 0 || voter == configuration.nodeID.value }

  /// What is wrong with a request in which another voter speaks for itself; nil where nothing is (`KafkaRaftClient.validateVoterOnlyRequest`).
  ///
  /// The voters of this quorum are static, so a stranger is refused instead of being taken for one that is about to join (KIP-853).
  /// Nobody else speaks for this replica.
  func refusal(ofVoter id: Int32, inEpoch epoch: Int32) -> ErrorCode? {
    guard id >= 0, id != configuration.nodeID.value, (0...Self.highestEpoch.value).contains(epoch) else { return .invalidRequest }
    guard isVoter(id) else { return .inconsistentVoterSet }
    return epoch < role.epoch.value ? .fencedLeaderEpoch : nil
  }

  /// What is wrong with the log that a candidate claims to have; it cannot reach into the epoch that it stands for
  /// (`KafkaRaftClient.handleVoteRequest`).
  func refusal(ofCandidate candidate: VoteRequest.PartitionData) -> ErrorCode? {
    guard candidate.lastOffset >= 0, candidate.lastOffsetEpoch >= 0,
      candidate.preVote ? candidate.lastOffsetEpoch <= candidate.replicaEpoch : candidate.lastOffsetEpoch < candidate.replicaEpoch
    else { return .invalidRequest }
    return refusal(ofVoter: candidate.replicaId, inEpoch: candidate.replicaEpoch)
  }

  /// What is wrong with the numbers of a fetch (`KafkaRaftClient.handleFetchRequest`). No other node fetches under this one's number.
  func refusal(ofFetch request: FetchRequest, _ wanted: FetchRequest.FetchPartition) -> ErrorCode? {
    guard request.maxWaitMs >= 0, wanted.fetchOffset >= 0, wanted.lastFetchedEpoch >= 0, wanted.currentLeaderEpoch >= 0,
      request.replica != configuration.nodeID
    else { return .invalidRequest }
    return nil
  }

  /// Takes up who leads by what another replica answered. An epoch that no quorum reaches is not believed, and nobody leads who is no voter.
  @discardableResult
  func hear(ofLeader leader: Int32, inEpoch epoch: Int32) -> Bool {
    guard (0...Self.highestEpoch.value).contains(epoch) else { return false }
    return follow(isVoter(leader) ? NodeID(leader) : nil, in: LeaderEpoch(epoch))
  }

  /// Refuses a state from which no election could follow.
  static func check(_ stored: QuorumState?, latestEpoch: LeaderEpoch?, directory: String) throws(LogError) {
    if let latestEpoch, latestEpoch > highestEpoch {
      throw LogError.damaged(
        path: directory,
        reason: "the log ends in leader epoch \(latestEpoch), which leaves no room for another election; replace this directory by a copy of another replica's")
    }
    guard let stored, stored.epoch > highestEpoch else { return }
    throw LogError.damaged(
      path: "\(directory)/\(QuorumState.fileName)",
      reason: "it names leader epoch \(stored.epoch), which leaves no room for another election, while the log itself ends in epoch \(latestEpoch ?? 0); "
        + "remove this file while the node is stopped, and it goes on from its log")
  }
}

extension FetchRequest {
  /// Who fetches: version 15 moved the number (KIP-903).
  var replica: NodeID { NodeID(replicaState.replicaId >= 0 ? replicaState.replicaId : replicaId) }
}
