import Controller
import Host
import Primitives
import Raft
import Sim

/// Checks the votes in elections of the metadata log's leader: a controller gives one in an epoch, whatever it has gone through meanwhile, once the vote is on its platter, and only to
/// a candidate whose log is not behind its own.
struct Votes {
  /// By voter and epoch; only looked up.
  private var given: [NodeIndex: [LeaderEpoch: NodeID]] = [:]

  /// Forgets what a controller has voted, because its disk is another one.
  mutating func forget(_ voter: NodeIndex) { given[voter] = nil }

  /// - Parameter hasSoundDisk: whether what the voter's disk has said is true: no fault acts on it that does more than take time.
  mutating func check(_ vote: Occurrence.MetadataVote, by voter: NodeIndex, in world: World, _ nodes: NodeTable, hasSoundDisk: Bool) {
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
    // The name of its directory may be on no platter yet: Kafka does not sync that when it creates it (`KafkaRaftManager.createLogDirectory`).
    if hasSoundDisk, let path = world.controller(at: voter)?.votePath {
      let stored = world.contentOnPlatter(of: path, at: voter).flatMap(QuorumReplica.vote)
      check.require(
        stored.map { $0.epoch > vote.epoch || $0.epoch == vote.epoch && $0.candidate == vote.candidate } ?? false,
        "\(name) votes for node \(vote.candidate) in epoch \(vote.epoch), and on its platter stands "
          + "\(stored.map { "epoch \($0.epoch) with \($0.candidate.map { "a vote for node \($0)" } ?? "no vote")" } ?? "nothing")")
    }
    world.addFindings(of: check, at: voter)
  }
}
