import Raft

/// Historic behaviours of the controller, for the hazards that they made possible. Modern by default; each is read in one place.
///
/// The eligible leader replicas (KIP-966) are no switch but a feature level: `eligible.leader.replicas.version`.
public struct ControllerSwitches: Equatable, Sendable {
  /// AlterPartition names the broker epoch of each new ISR member, and an epoch that is no more is refused (KIP-903, KAFKA-14617).
  public var checkBrokerEpochOnAlterPartition = true
  /// Fenced replicas and those in controlled shutdown cannot join an ISR (KIP-841, KAFKA-13916).
  public var rejectFencedInISR = true
  /// A broker that registers without its former epoch ended without a clean shutdown, and leaves ISR and ELR (KAFKA-18635).
  public var detectUncleanShutdown = true
  /// Another life of a broker cannot register while the session of the former one lives (KAFKA-14139).
  public var refuseSecondIncarnation = true
  /// A change of `min.insync.replicas` empties the ELR (KAFKA-16540).
  public var clearEligibleLeaderReplicasOnMinISRChange = true
  /// The last known leader is elected only while it is not fenced (KAFKA-19522).
  public var checkLastKnownLeaderIsActive = true
  /// Where ISR and ELR are empty, the replicas are asked where their logs end, and the longest is elected: the unclean recovery of KIP-966,
  /// which Kafka 4.3 does not have. Kafka elects the last known leader, whatever is left of its log.
  public var electMostCompleteLog = false
  /// Requests that name the broker's former registration get STALE_BROKER_EPOCH (KIP-380, KIP-631).
  public var checkBrokerEpoch = true
  /// AlterPartition of a former leader epoch or partition epoch is refused (KIP-497).
  public var fenceAlterPartitionByEpoch = true
  /// A controller that becomes active takes over the sessions of the brokers that it finds unfenced (KAFKA-18138).
  public var trackBrokersOfFormerController = true
  /// Responses leave when their records are committed, not when they are appended.
  public var replyAfterCommit = true
  /// So does the answer that grants a block of producer ids: else the next controller may grant the same block to another broker (KIP-730).
  public var replyAfterProducerIDsCommit = true

  /// What concerns the replication of the metadata log.
  public var quorum = QuorumSwitches()

  public init() {}
}
