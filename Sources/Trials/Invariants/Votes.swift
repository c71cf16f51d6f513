import Controller
import Host
import Primitives
import Sim

/// Checks the votes in elections of the metadata log's leader: a controller gives one in an epoch, whatever it has gone through meanwhile, and only to a candidate whose log is not
/// behind its own.
struct Votes {
  /// By voter and epoch; only looked up.
  private var given: [NodeIndex: [LeaderEpoch: NodeID]] = [:]

  /// Forgets what a controller has voted, because its disk is another one.
  mutating func forget(_ voter: NodeIndex) { given[voter] = nil }

  mutating func check(_ vote: Occurrence.MetadataVote, by voter: NodeIndex, in world: World, _ nodes: NodeTable) {
    var check = InvariantCheck()
    let name = world.name(of: voter), former = given[voter]?[vote.epoch] ?? vote.candidate
    given[voter, default: [:]][vote.epoch] = vote.candidate
    check.require(former == vote.candidate, "\(name) votes for node \(vote.candidate) in epoch \(vote.epoch) of the metadata log, and has voted for node \(former)")
    if let node = nodes.controllers.first(where: { world.id(of: $0) == vote.candidate }), let candidate = world.controller(at: node), candidate.quorumEpoch == vote.epoch {
      let (epoch, end) = (candidate.lastMetadataEpoch, candidate.metadataLogEndOffset)
      check.require(
        (epoch, end) >= (vote.lastEpoch, vote.logEndOffset),
        "\(name) votes for node \(vote.candidate) in epoch \(vote.epoch), whose log ends at \(end) in epoch \(epoch), and its own at \(vote.logEndOffset) in epoch "
          + "\(vote.lastEpoch)")
    }
    world.addFindings(of: check, at: voter)
  }
}
