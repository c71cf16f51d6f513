import Primitives
import Wire

/// A topic that holds a coordinator's state. It is created at the first request for such a coordinator, even if requests do not create other topics
/// (Kafka's `AutoTopicCreationManager.creatableTopic`).
struct TopicOfCoordinator {
  let name: String
  let partitionCount: Int32
  let replicationFactor: Int16
  let configs: [(String, String)]
  /// What has no coordinator without this topic, as text.
  let whose: String

  init?(named name: String, _ configuration: BrokerConfiguration) {
    self.name = name
    switch name {
    case TopicName.consumerOffsets:
      let settings = configuration.offsetsTopic
      (partitionCount, replicationFactor, whose) = (settings.partitionCount, settings.replicationFactor, "group")
      configs = [("cleanup.policy", "compact"), ("compression.type", "producer"), ("segment.bytes", "\(settings.segmentBytes)")]
    case TopicName.transactionState:
      let settings = configuration.transactionTopic
      (partitionCount, replicationFactor, whose) = (settings.partitionCount, settings.replicationFactor, "transaction")
      // `TransactionStateManager.transactionTopicConfigs`
      configs = [
        ("unclean.leader.election.enable", "false"), ("compression.type", "uncompressed"), ("cleanup.policy", "compact"),
        ("min.insync.replicas", "\(settings.minInsyncReplicas)"), ("segment.bytes", "\(settings.segmentBytes)"),
      ]
    default: return nil
    }
  }

  func describe(_ topic: inout CreateTopicsRequest.CreatableTopic) {
    topic.numPartitions = partitionCount
    topic.replicationFactor = replicationFactor
    topic.configs = configs.map {
      var config = CreateTopicsRequest.CreatableTopicConfig()
      (config.name, config.value) = $0
      return config
    }
  }
}
