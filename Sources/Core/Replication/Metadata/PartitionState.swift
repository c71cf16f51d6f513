import Log
import Primitives

/// A partition as the cluster's metadata describes it: the broker passes it to its `ReplicaManager` whenever the metadata changes.
public struct PartitionState: Equatable, Sendable {
  public var topic: String
  public var topicID: Uuid
  public var partition: Int32
  /// `.none` while the partition is offline.
  public var leader: NodeID
  public var leaderEpoch: LeaderEpoch
  /// States older than what the replica already knows are ignored.
  public var partitionEpoch: PartitionEpoch
  /// In the order of preference; must contain the local broker.
  public var replicas: [NodeID]
  public var isr: [NodeID]
  public var addingReplicas: [NodeID]
  public var removingReplicas: [NodeID]
  /// Whether the leader was elected without regard to the ISR, and has not confirmed yet that it recovered (KIP-704).
  public var isRecovering: Bool
  /// The topic's settings, applied to the broker's.
  public var configuration: LogConfiguration

  public init(
    topic: String, topicID: Uuid, partition: Int32, leader: NodeID, leaderEpoch: LeaderEpoch, partitionEpoch: PartitionEpoch,
    replicas: [NodeID], isr: [NodeID], addingReplicas: [NodeID] = [], removingReplicas: [NodeID] = [], isRecovering: Bool = false,
    configuration: LogConfiguration
  ) {
    self.topic = topic
    self.topicID = topicID
    self.partition = partition
    self.leader = leader
    self.leaderEpoch = leaderEpoch
    self.partitionEpoch = partitionEpoch
    self.replicas = replicas
    self.isr = isr
    self.addingReplicas = addingReplicas
    self.removingReplicas = removingReplicas
    self.isRecovering = isRecovering
    self.configuration = configuration
  }

  public var id: TopicIDPartition { TopicIDPartition(topicID, partition) }
  public var topicPartition: TopicPartition { TopicPartition(topic, partition) }
}
