import Controller
import Primitives
import Wire

extension AutoTopicCreation {
  /// Asks for `__consumer_offsets`, which is made when the first coordinator is looked for, also where other topics are not made by asking for them.
  func createOffsetsTopic() {
    let settings = configuration.offsetsTopic
    create([TopicName.consumerOffsets]) { topic in
      topic.numPartitions = settings.partitionCount
      topic.replicationFactor = settings.replicationFactor
      topic.configs = [("cleanup.policy", "compact"), ("compression.type", "producer"), ("segment.bytes", "\(settings.segmentBytes)")].map {
        var config = CreateTopicsRequest.CreatableTopicConfig()
        (config.name, config.value) = $0
        return config
      }
    }
  }
}
