import Primitives
import Raft

extension ControllerConfiguration {
  /// The settings by Kafka's names. Node, cluster and quorum are set when a controller is constructed.
  public static let table = ConfigurationTable<ControllerConfiguration>(
    defaults: ControllerConfiguration(nodeID: .none, clusterID: "", voters: []),
    [
      .milliseconds("broker.session.timeout.ms", \.brokerSessionTimeout, in: 1...Int64(Int32.max), kind: .int),
      .milliseconds("metadata.max.idle.interval.ms", \.metadataMaxIdleInterval, in: 0...Int64(Int32.max), kind: .int),
      .milliseconds("controller.quorum.election.timeout.ms", \.quorum.electionTimeout, in: 1...Int64(Int32.max), kind: .int),
      .milliseconds("controller.quorum.fetch.timeout.ms", \.quorum.fetchTimeout, in: 1...Int64(Int32.max), kind: .int),
      .milliseconds("controller.quorum.request.timeout.ms", \.quorum.requestTimeout, in: 1...Int64(Int32.max), kind: .int),
      .milliseconds("controller.quorum.retry.backoff.ms", \.quorum.retryBackoff, in: 0...Int64(Int32.max), kind: .int),
      .boolean(QuorumConfiguration.autoJoinName, \.quorum.autoJoin),
      .integer("controller.quorum.fetch.max.bytes", \.quorum.fetchMaxBytes, in: 1...Int(Int32.max)),
      .integer("controller.quorum.fetch.snapshot.max.bytes", \.quorum.fetchSnapshotMaxBytes, in: 1...Int(Int32.max)),
      .boolean("auto.leader.rebalance.enable", \.autoLeaderRebalance),
      .seconds("leader.imbalance.check.interval.seconds", \.leaderImbalanceCheckInterval),
      .boolean("unclean.leader.election.enable", \.uncleanLeaderElection),
      .milliseconds("unclean.leader.election.interval.ms", \.uncleanLeaderElectionInterval, in: 1...Int64.max),
      .integer("default.replication.factor", \.defaultReplicationFactor, in: 1...Int(Int16.max)),
      .integer("num.partitions", \.numPartitions, in: 1...Int(Int32.max)),
      .integer("min.insync.replicas", \.minInSyncReplicas, in: 1...Int(Int32.max)),
    ] + MetadataLogConfiguration.table.settings.map { $0.lifted(to: \ControllerConfiguration.quorum.metadataLog) })
}

extension ControllerSwitches {
  /// The switches by name, as scenario files set them.
  public static let table = ConfigurationTable<ControllerSwitches>(
    defaults: ControllerSwitches(),
    [
      .boolean("checkBrokerEpochOnAlterPartition", \.checkBrokerEpochOnAlterPartition), .boolean("rejectFencedInISR", \.rejectFencedInISR),
      .boolean("detectUncleanShutdown", \.detectUncleanShutdown), .boolean("refuseSecondIncarnation", \.refuseSecondIncarnation),
      .boolean("protectFencedBrokers", \.protectFencedBrokers),
      .boolean("removeFormerLifeFromISR", \.removeFormerLifeFromISR),
      .boolean("clearEligibleLeaderReplicasOnMinISRChange", \.clearEligibleLeaderReplicasOnMinISRChange),
      .boolean("checkLastKnownLeaderIsActive", \.checkLastKnownLeaderIsActive), .boolean("electMostCompleteLog", \.electMostCompleteLog),
      .boolean("checkPreferredLeaderIsActive", \.checkPreferredLeaderIsActive), .choice("reassignmentCompletion", \.reassignmentCompletion),
      .boolean("checkBrokerEpoch", \.checkBrokerEpoch),
      .boolean("fenceAlterPartitionByEpoch", \.fenceAlterPartitionByEpoch), .boolean("replyAfterCommit", \.replyAfterCommit),
      .boolean("pidBlock.replyAfterCommit", \.replyAfterProducerIDsCommit),
      .boolean("preVote", \.quorum.preVote), .boolean("checkQuorum", \.quorum.checkQuorum), .boolean("controllerEpochCheck", \.quorum.controllerEpochCheck),
      .boolean("syncBeforeCommit", \.quorum.syncBeforeCommit), .boolean("syncVotes", \.quorum.syncVotes),
      .boolean("rejectPreVoteWhileFollowing", \.quorum.rejectPreVoteWhileFollowing),
      .boolean("grantPreVoteUntilFirstFetch", \.quorum.grantPreVoteUntilFirstFetch), .boolean("randomWaitAfterLoss", \.quorum.randomWaitAfterLoss),
      .boolean("trackBrokersOfFormerController", \.trackBrokersOfFormerController),
      .boolean("snapshots.protectLogBehindSnapshot", \.quorum.protectLogBehindSnapshot),
      .boolean("requireHighWatermarkInEpoch", \.quorum.requireHighWatermarkInEpoch), .boolean("pendingChangeFromLog", \.quorum.pendingChangeFromLog),
      .boolean("standUntilRemovalIsCommitted", \.quorum.standUntilRemovalIsCommitted),
    ])
}

extension Setting {
  /// A time in whole seconds.
  fileprivate static func seconds(_ name: String, _ property: Property<Configuration, Duration>) -> Setting {
    Setting(name, kind: .long, expectation: "seconds, at least 1") { text, configuration in
      guard let value = Int64(text), (1...9_000_000_000).contains(value) else { return false }
      configuration[keyPath: property] = .seconds(value)
      return true
    } print: { String($0[keyPath: property].milliseconds / 1_000) }
  }
}
