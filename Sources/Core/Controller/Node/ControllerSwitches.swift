import Raft

/// Historic behaviours of the controller, which reproduce the hazards that they caused. The defaults are modern; each switch is read in one place.
///
/// The eligible leader replicas (KIP-966) are not a switch but a feature level: `eligible.leader.replicas.version`.
public struct ControllerSwitches: Equatable, Sendable {
  /// AlterPartition contains the broker epoch of each new ISR member, and an outdated epoch is refused (KIP-903, KAFKA-14617).
  public var checkBrokerEpochOnAlterPartition = true
  /// Fenced replicas and those in controlled shutdown cannot join an ISR (KIP-841, KAFKA-13916).
  public var rejectFencedInISR = true
  /// A broker that registers without its previous epoch had an unclean shutdown, and leaves ISR and ELR (KAFKA-18635).
  public var detectUncleanShutdown = true
  /// A new life of a broker cannot register while the session of the previous one is alive (KAFKA-14139).
  public var refuseSecondIncarnation = true
  /// A broker keeps its registration from its registration on, for as long as a session lasts. In Kafka 4.3 from its first heartbeat on (`BrokerHeartbeatTracker`): before that, a late
  /// registration of a former life replaces it.
  public var protectFencedBrokers = false
  /// When a new life of a broker registers, the former one leaves every ISR (KIP-966). Without this only the end of its session takes it out: a broker
  /// that is back before that, even with an empty disk, still counts as in sync.
  public var removeFormerLifeFromISR = true
  /// A change of `min.insync.replicas` empties the ELR (KAFKA-16540).
  public var clearEligibleLeaderReplicasOnMinISRChange = true
  /// The last known leader is elected only if it is not fenced (KAFKA-19522).
  public var checkLastKnownLeaderIsActive = true
  /// The preferred replica is elected only if it is neither fenced nor shutting down (KIP-841, KAFKA-13916).
  public var checkPreferredLeaderIsActive = true
  /// Which replicas must be in the ISR before a reassignment is complete.
  public var reassignmentCompletion = ReassignmentCompletion.allReplicasIfFewer
  /// If ISR and ELR are empty, the controller asks the replicas for the ends of their logs, and elects the longest: the unclean recovery of KIP-966,
  /// which Kafka 4.3 does not have. Kafka elects the last known leader, whatever is left of its log.
  public var electMostCompleteLog = false
  /// Requests with an earlier registration of the broker get STALE_BROKER_EPOCH (KIP-380, KIP-631).
  public var checkBrokerEpoch = true
  /// AlterPartition with an outdated leader epoch or partition epoch is refused (KIP-497).
  public var fenceAlterPartitionByEpoch = true
  /// A controller that becomes active takes over the sessions of the brokers that it finds unfenced (KAFKA-18138).
  public var trackBrokersOfFormerController = true
  /// Responses leave when their records are committed, not when they are appended.
  public var replyAfterCommit = true
  /// The same for the response that grants a block of producer ids: otherwise the next controller may grant the same block to another broker
  /// (KIP-730).
  public var replyAfterProducerIDsCommit = true

  public enum ReassignmentCompletion: String, CaseIterable, Sendable {
    /// Those that are added, as before 3.8: the ISR may become smaller than `min.insync.replicas` (KAFKA-15665).
    case addedReplicas
    /// Those that the partition is to have, as from 3.8 to 4.2: a single one that is sick holds up the reassignment for ever (KAFKA-19975).
    case allReplicas
    /// Those that are added; all that the partition is to have if these are fewer than before, as in 4.3.
    case allReplicasIfFewer
  }

  /// Switches for the replication of the metadata log.
  public var quorum = QuorumSwitches()

  public init() {}
}
