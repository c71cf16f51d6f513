import Host
import Primitives

/// What a replica of the metadata log is at present (KIP-595). The epoch only grows.
enum QuorumRole {
  /// Knows of no leader in this epoch, and gave its vote to nobody. Observers look for the leader from here; voters wait for an
  /// election, or start one. Leaves to every other.
  case unattached(LeaderEpoch)
  /// Gave its vote, and waits for that candidate to win. Leaves to `follower`, or to `candidate` of the next epoch.
  case voted(LeaderEpoch, candidate: NodeID)
  /// Asks for votes. Leaves to `leader` with a majority, to `follower` of whoever won.
  case candidate(LeaderEpoch, grantedBy: [NodeID])
  /// Leaves to `unattached` in a higher epoch.
  case leader(QuorumLeader)
  /// Fetches from the leader, as a voter or as an observer. Leaves to `unattached` when the leader is not heard of any more.
  case follower(LeaderEpoch, leader: NodeID)

  var epoch: LeaderEpoch {
    switch self {
    case .unattached(let epoch), .voted(let epoch, _), .candidate(let epoch, _), .follower(let epoch, _): epoch
    case .leader(let leader): leader.epoch
    }
  }

  var leader: NodeID? {
    switch self {
    case .leader(let leader): leader.id
    case .follower(_, let leader): leader
    case .unattached, .voted, .candidate: nil
    }
  }
}
