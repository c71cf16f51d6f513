import Host
import Primitives

/// What a replica of the metadata log is at present (KIP-595, KIP-996). The epoch only grows.
enum QuorumRole {
  /// Knows of no leader in this epoch, and looks for one. A voter that finds none in time becomes `prospective`.
  case unattached(LeaderEpoch)
  /// A voter that asks whether it would be voted for, without raising the epoch: one that was cut off must not disturb a quorum that
  /// works (KIP-996). Leaves to `candidate` with a majority, to `follower` of a leader it hears of, else tries again.
  case prospective(LeaderEpoch, Ballot)
  /// Asks for votes in an epoch that it raised. Leaves to `leader` with a majority, to `follower` of whoever won, else to `prospective`.
  case candidate(LeaderEpoch, Ballot)
  /// Leaves to `unattached` when it hears of a higher epoch, or of too few voters.
  case leader(QuorumLeader)
  /// Fetches from the leader, as a voter or as an observer. A voter that does not hear from it becomes `prospective`, an observer `unattached`.
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

  /// Whether the replica fetches: from its leader, or from anybody who may know one.
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

  /// Begins with the own vote.
  init(of voter: NodeID, voters: VoterSet) {
    self.voters = voters
    granted = [voter]
  }

  mutating func grant(_ voter: NodeID) {
    if !granted.contains(voter) { granted.append(voter) }
  }

  var hasMajority: Bool { granted.count >= voters.majority }
}
