import Host
import Log
import Primitives
import Wire

// Which requests a replica accepts. All of this is decided before anything is stored: a refused request leaves no trace, in memory or on the disk.
// The controller's port is open to everyone who can reach it, and an accepted epoch can never be undone.

extension QuorumReplica {
  /// The highest epoch that is accepted. A quorum with an election every second would need 34 years to reach it; a replica that accepted an epoch
  /// near the largest number could never stand for election again.
  static let highestEpoch = LeaderEpoch(1 << 30)

  func isOwnCluster(_ id: String?) -> Bool { id == nil || id == "" || id == configuration.clusterID }

  /// Whether a request is meant for this replica; requests before version 1 do not say.
  func isMeant(_ voter: Int32, _ directory: Uuid) -> Bool { voter < 0 || ReplicaKey(id: NodeID(voter), directory: directory).matches(replica) }

  /// Why a request that another voter makes about itself is refused; nil if it is valid (`KafkaRaftClient.validateVoterOnlyRequest`).
  ///
  /// Where the voters are static, a stranger is refused instead of being treated as a voter that is about to join (KIP-853). Nobody else may use this
  /// replica's id.
  func refusal(ofVoter id: Int32, inEpoch epoch: Int32) -> ErrorCode? {
    guard id >= 0, id != configuration.nodeID.value, (0...Self.highestEpoch.value).contains(epoch) else { return .invalidRequest }
    guard !hasStaticVoters || voters.contains(NodeID(id)) else { return .inconsistentVoterSet }
    return epoch < role.epoch.value ? .fencedLeaderEpoch : nil
  }

  /// Why the log that a candidate claims to have is refused; nil if it is valid. It cannot contain the epoch that the candidate stands for
  /// (`KafkaRaftClient.handleVoteRequest`).
  func refusal(ofCandidate candidate: VoteRequest.PartitionData) -> ErrorCode? {
    guard candidate.lastOffset >= 0, candidate.lastOffsetEpoch >= 0,
      candidate.preVote ? candidate.lastOffsetEpoch <= candidate.replicaEpoch : candidate.lastOffsetEpoch < candidate.replicaEpoch
    else { return .invalidRequest }
    return refusal(ofVoter: candidate.replicaId, inEpoch: candidate.replicaEpoch)
  }

  /// Why the numbers of a fetch are refused; nil if they are valid (`KafkaRaftClient.handleFetchRequest`). No other node may fetch under this one's
  /// id.
  func refusal(ofFetch request: FetchRequest, _ wanted: FetchRequest.FetchPartition) -> ErrorCode? {
    guard request.maxWaitMs >= 0, wanted.fetchOffset >= 0, wanted.lastFetchedEpoch >= 0, wanted.currentLeaderEpoch >= 0,
      request.replica != configuration.nodeID
    else { return .invalidRequest }
    return nil
  }

  /// Learns from another replica's response who leads. An epoch that no quorum reaches is ignored, and so is a leader that is not a static voter; that of a
  /// dynamic quorum may be a voter of a set that this replica does not have yet.
  @discardableResult
  func hear(ofLeader leader: Int32, inEpoch epoch: Int32, at address: Address? = nil) -> Bool {
    guard (0...Self.highestEpoch.value).contains(epoch) else { return false }
    let mayLead = leader >= 0 && (!hasStaticVoters || voters.contains(NodeID(leader)))
    return follow(mayLead ? NodeID(leader) : nil, in: LeaderEpoch(epoch), at: hasStaticVoters ? nil : address)
  }

  /// Throws if the stored state would prevent every further election.
  static func check(_ stored: QuorumState?, latestEpoch: LeaderEpoch?, directory: String) throws(LogError) {
    if let latestEpoch, latestEpoch > highestEpoch {
      throw LogError.damaged(
        path: directory,
        reason: "the log ends in leader epoch \(latestEpoch), which leaves no room for another election; replace this directory with a copy of another replica's")
    }
    guard let stored, stored.epoch > highestEpoch else { return }
    throw LogError.damaged(
      path: "\(directory)/\(QuorumState.fileName)",
      reason: "it names leader epoch \(stored.epoch), which leaves no room for another election, while the log itself ends in epoch \(latestEpoch ?? 0); "
        + "remove this file while the node is stopped, and it continues from its log")
  }
}

extension FetchRequest {
  /// The fetching replica: version 15 moved its id (KIP-903).
  var replica: NodeID { NodeID(replicaState.replicaId >= 0 ? replicaState.replicaId : replicaId) }

  func replica(of partition: FetchPartition) -> ReplicaKey { ReplicaKey(id: replica, directory: partition.replicaDirectoryId) }
}
