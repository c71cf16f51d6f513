import Host
import Primitives

/// How a replica of the metadata log takes part in the quorum. Each property is one of Kafka's configurations, with its default in 4.3.
public struct QuorumConfiguration: Sendable {
  /// node.id
  public var nodeID: NodeID
  public var clusterID: String
  /// controller.quorum.voters: the voters of a static quorum (kraft.version 0), and where to ask for its leader. Empty for a dynamic quorum, whose voters
  /// stand in its log (KIP-853): whoever wants to know the voters asks the replica.
  public var voters: VoterSet
  /// controller.quorum.bootstrap.servers: where to ask for the leader of a dynamic quorum.
  public var bootstrapServers: [Address] = []
  /// directory.id of the directory that the log is in (`meta.properties`); zero where none is known, as with static voters that cannot become others.
  public var directoryID = Uuid.zero
  /// Where this controller listens for the others (the first of controller.listener.names in advertised.listeners); nil for a broker, which can never
  /// become a voter. A static voter has its address in `voters` as well.
  public var advertisedAddress: Address?
  /// Whether a static quorum can become a dynamic one while it runs (KIP-853): its voters tell the leader the ids of their directories and which versions they
  /// support, and kraft.version can be raised from 0 to 1. The controllers of Kafka before 3.9 do not. A dynamic quorum is one already.
  public var isUpgradable = false
  /// controller.quorum.auto.join.enable (KIP-1186): a controller that follows a dynamic quorum, and is no voter of it, asks to become one.
  public var autoJoin = false
  /// The setting for it, which has no effect where the voters are static.
  public static let autoJoinName = "controller.quorum.auto.join.enable"
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

  /// This replica.
  var replica: ReplicaKey { ReplicaKey(id: nodeID, directory: directoryID) }

  /// Where this replica listens; nil where it does not.
  public var address: Address? { advertisedAddress ?? voters.address(of: nodeID) }

  /// Whether this replica is a voter, or may become one: it is a controller's.
  public var canBecomeVoter: Bool { address != nil }

  /// Where to ask for the leader.
  var bootstrapAddresses: [Address] { isDynamic ? bootstrapServers : voters.map(\.address) }

  /// Whether the voters are to be found in the log: only there they can be changed.
  public var isDynamic: Bool { voters.isEmpty }

  /// Whether the voters can be changed, now or once kraft.version is raised: then replicas are known by their directories.
  public var hasDirectories: Bool { isDynamic || isUpgradable }
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
  /// A decision counts once a majority of the voters has taken it in the leader's epoch: voters that have gone on to a later epoch take none. Without that
  /// check a leader decides alone, as a controller of ZooKeeper's time did that had not heard of its successor (KAFKA-1188, KAFKA-6082); and a broker that went along with it
  /// starts again with what the next leader has.
  public var controllerEpochCheck = true
  /// A voter counts records as its own when they are on the platter (KAFKA-17332).
  public var syncBeforeCommit = true
  /// A vote is told when it is on the platter (Raft; `QuorumStateStore` of Kafka is a file that is written through).
  public var syncVotes = true
  /// Segments go because a snapshot holds what is in them, not because they are old or large: else the log may begin behind the newest snapshot
  /// (KAFKA-14238).
  public var protectLogBehindSnapshot = true
  /// A leader changes the voters only when it has committed a record of its own epoch: before, a change of an earlier leader may still be committed, and two
  /// sets that differ by two voters have majorities without a common member (the single-server change of Raft, and its error of 2015;
  /// `AddVoterHandler` and `RemoveVoterHandler` check that the high watermark is known).
  public var requireHighWatermarkInEpoch = true
  /// A leader knows from its log that a change of the voters is not committed yet. Otherwise it knows of a change as long as it has the request for it, which
  /// may time out before the change is committed (KAFKA-20740).
  public var pendingChangeFromLog = true
  /// A replica that its own log has taken out of the voters stands for election as long as it does not know that this is committed: nobody else may have the
  /// record, and then nobody else can be elected where its vote is needed (D. Ongaro's dissertation, 4.2.2). In Kafka 4.3 only members of the last
  /// set stand (`QuorumState.isVoter`).
  public var standUntilRemovalIsCommitted = false

  public init() {}
}
