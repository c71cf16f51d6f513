import Controller
import Primitives
import Sim

/// The scenario's topics as an operator sees them: by the metadata that the controller elected last has committed.
struct OperatedTopics {
  struct Partition {
    let name: TopicPartition
    let registration: PartitionRegistration
    let highWatermark: Offset
    let isCompacted: Bool
  }

  struct Topic {
    let name: String
    let partitions: Int
  }

  private(set) var names: [String] = []
  private(set) var partitions: [Partition] = []
  /// Topics that may get another partition: at most twice as many as they began with, or four. A compacted topic keeps its number, as a key would go to another partition.
  private(set) var growing: [Topic] = []

  /// nil while that controller does not run: nobody answers.
  init?(_ nodes: NodeTable, in cluster: ClusterView, _ world: World) {
    guard let controller = world.controller(at: nodes.activeController(in: cluster, world)) else { return nil }
    for (name, initialCount) in nodes.topics {
      guard let topic = controller.image.topic(named: name) else { continue }
      let isCompacted = controller.image.topicConfig("cleanup.policy", of: name)?.contains("compact") == true
      names.append(name)
      if !isCompacted, topic.partitions.count < max(4, 2 * initialCount) { growing.append(Topic(name: name, partitions: topic.partitions.count)) }
      for (number, registration) in topic.partitions.enumerated() {
        let partition = TopicPartition(name, Int32(number))
        partitions.append(Partition(name: partition, registration: registration, highWatermark: cluster[partition].highWatermark, isCompacted: isCompacted))
      }
    }
  }
}

extension NodeTable {
  /// The topics that the scenario began with, in the order of their names, and their numbers of partitions then.
  fileprivate var topics: [(name: String, partitions: Int)] {
    var topics: [(name: String, partitions: Int)] = []
    for partition in partitions {
      if topics.last?.name == partition.topic { topics[topics.count - 1].partitions += 1 } else { topics.append((partition.topic, 1)) }
    }
    return topics
  }
}
