import Primitives

/// How a replica of the metadata log takes part in the quorum. Each property is one of Kafka's configurations, with its default in 4.3.
public struct QuorumConfiguration: Sendable {
  /// node.id
  public var nodeID: NodeID
  public var clusterID: String
  /// controller.quorum.voters. A node that is not one of them is an observer.
  public var voters: VoterSet
  /// The directory of the log and the quorum state (metadata.log.dir).
  public var directory = "__cluster_metadata-0"

  /// controller.quorum.request.timeout.ms
  public var requestTimeout = Duration.milliseconds(2000)
  /// controller.quorum.retry.backoff.ms
  public var retryBackoff = Duration.milliseconds(20)
  /// controller.quorum.fetch.max.bytes
  public var fetchMaxBytes = 1 << 20
  /// controller.quorum.fetch.snapshot.max.bytes
  public var fetchSnapshotMaxBytes = 1 << 20
  /// metadata.log.* and metadata.max.retention.*
  public var metadataLog = MetadataLogConfiguration()
  /// controller.quorum.election.timeout.ms; the time a voter waits is between this and twice this.
  public var electionTimeout = Duration.milliseconds(1000)
  /// controller.quorum.fetch.timeout.ms
  public var fetchTimeout = Duration.milliseconds(2000)
  /// How long a leader holds a fetch for which it has nothing new.
  public var fetchMaxWait = Duration.milliseconds(500)
  public var switches = QuorumSwitches()

  public init(nodeID: NodeID, clusterID: String, voters: VoterSet) {
    self.nodeID = nodeID
    self.clusterID = clusterID
    self.voters = voters
  }

  public var isVoter: Bool { voters.contains(nodeID) }
}

/// Historic behaviours of the quorum, which reproduce the hazards that they caused. The defaults are modern; each switch is read in one place.
public struct QuorumSwitches: Equatable, Sendable {
  /// Voters ask whether they would be elected before they raise the epoch (KIP-996).
  public var preVote = true
  /// A voter that follows a leader, and has fetched from it, would not vote for anybody else (KIP-996).
  public var rejectPreVoteWhileFollowing = true
  /// A voter that follows a leader from which it has not fetched yet would vote for another (KAFKA-16164, KIP-996).
  public var grantPreVoteUntilFirstFetch = true
  /// Voters that stood for election in vain wait for a random time before they stand again (KAFKA-18345). Before, the wait doubled up to a limit,
  /// and several voters at the limit stood together each time.
  public var randomWaitAfterLoss = true
  /// A leader that does not hear from a majority of the voters resigns (KAFKA-15489).
  public var checkQuorum = true
  /// A voter counts records as its own when they are on the platter (KAFKA-17332).
  public var syncBeforeCommit = true
  /// A vote is told when it is on the platter (Raft; `QuorumStateStore` of Kafka is a file that is written through).
  public var syncVotes = true
  /// Segments go because a snapshot holds what is in them, not because they are old or large: else the log may begin behind the newest snapshot
  /// (KAFKA-14238).
  public var protectLogBehindSnapshot = true

  public init() {}
}
