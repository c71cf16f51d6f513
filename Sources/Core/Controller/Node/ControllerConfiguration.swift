import Host
import Primitives
import Raft

/// The configuration of a controller. Each property is one of Kafka's configurations, with its default in 4.3.
public struct ControllerConfiguration: Sendable {
  /// node.id
  public var nodeID: NodeID
  public var clusterID: String
  /// The name of this controller's listener (controller.listener.names).
  public var listenerName = "CONTROLLER"
  /// The quorum: controller.quorum.voters and the other settings that start with controller.quorum.
  public var quorum: QuorumConfiguration

  /// broker.session.timeout.ms
  public var brokerSessionTimeout = Duration.milliseconds(9000)
  /// metadata.max.idle.interval.ms; zero writes no idle records.
  public var metadataMaxIdleInterval = Duration.milliseconds(500)
  /// auto.leader.rebalance.enable
  public var autoLeaderRebalance = true
  /// leader.imbalance.check.interval.seconds
  public var leaderImbalanceCheckInterval = Duration.seconds(300)
  /// unclean.leader.election.enable
  public var uncleanLeaderElection = false
  /// unclean.leader.election.interval.ms
  public var uncleanLeaderElectionInterval = Duration.milliseconds(300_000)
  /// default.replication.factor
  public var defaultReplicationFactor = 1
  /// num.partitions
  public var numPartitions = 1
  /// min.insync.replicas
  public var minInSyncReplicas = 1

  /// Whether no broker of an earlier run can still be alive, so that their sessions do not have to expire. Kafka's controllers never know this.
  public var formerBrokersHaveEnded = false
  /// Whether observers are also told of changes that an earlier leader wrote and this one commits. The earlier leader may have told of them before it failed,
  /// so this is for observers of all controllers, which know what they were told: a `metadataCommitted` comes before the changes of each batch.
  public var reportsFormerEpochs = false

  /// The initial feature levels of a cluster that starts with this controller.
  public var bootstrapFeatures = FeatureLevels.bootstrap
  public var switches = ControllerSwitches()

  /// - Parameter voters: controller.quorum.voters, including this node; empty for a dynamic quorum (`QuorumConfiguration.bootstrapServers`).
  public init(nodeID: NodeID, clusterID: String, voters: VoterSet) {
    self.nodeID = nodeID
    self.clusterID = clusterID
    quorum = QuorumConfiguration(nodeID: nodeID, clusterID: clusterID, voters: voters)
  }
}
