import Host
import Primitives

/// The current role of a replica of the metadata log (KIP-595, KIP-996). The epoch only grows.
enum QuorumRole {
  /// Knows no leader in this epoch, and looks for one. A voter that finds none in time becomes `prospective`.
  case unattached(LeaderEpoch)
  /// A voter that asks whether it would be elected, without raising the epoch: a voter that was cut off must not disturb a working quorum (KIP-996).
  /// Becomes `candidate` with a majority, `follower` when it hears of a leader; otherwise it tries again.
  case prospective(LeaderEpoch, Ballot)
  /// Asks for votes in an epoch that it raised. Becomes `leader` with a majority, `follower` of another winner, otherwise `prospective`.
  case candidate(LeaderEpoch, Ballot)
  /// Becomes `unattached` when it hears of a higher epoch, or hears from too few voters.
  case leader(QuorumLeader)
  /// Fetches from the leader, as a voter or as an observer. If it does not hear from the leader, a voter becomes `prospective`, an observer
  /// `unattached`.
  case follower(LeaderEpoch, leader: NodeID)

  var epoch: LeaderEpoch {
    switch self {
    case .unattached(let epoch), .prospective(let epoch, _), .candidate(let epoch, _), .follower(let epoch, _): epoch
    case .leader(let leader): leader.epoch
    }
  }

  var leader: NodeID? {
    switch self {
    case .leader(let leader): leader.id
    case .follower(_, let leader): leader
    case .unattached, .prospective, .candidate: nil
    }
  }

  /// Whether the replica fetches: from its leader, or from any node that may know the leader.
  var fetches: Bool {
    switch self {
    case .unattached, .follower: true
    case .prospective, .candidate, .leader: false
    }
  }
}

/// The votes of one election.
struct Ballot {
  let voters: VoterSet
  private(set) var granted: [NodeID]

  /// Starts with its own vote, which counts if it is one of the voters.
  init(of candidate: ReplicaKey, voters: VoterSet) {
    self.voters = voters
    granted = voters.contains(candidate) ? [candidate.id] : []
  }

  mutating func grant(_ voter: NodeID) {
    if !granted.contains(voter) { granted.append(voter) }
  }

  var hasMajority: Bool { granted.count >= voters.majority }
}
