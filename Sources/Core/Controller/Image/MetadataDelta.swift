import OrderedCollections
import Primitives

/// What a sequence of records changed in an image: a broker's step from one published image to the next.
///
/// Several changes of the same thing are one entry, which contains the state before the first, so that a follower of the log sees combined records as
/// a real broker does. Iterates in the order of the first change of each thing.
public struct MetadataDelta: Sendable {
  /// A change of a topic: it was created if `wasThere` is false, it was deleted if the image no longer has it, otherwise its partitions changed.
  public struct TopicChange: Sendable {
    public let name: String
    /// Whether the image before the delta had this topic.
    public let wasThere: Bool
    /// Changed partitions with their previous state; nil for new ones.
    public internal(set) var partitions: OrderedDictionary<Int32, PartitionRegistration?> = [:]
    /// How many partitions the topic has, or had when it was deleted.
    public internal(set) var partitionCount = 0
  }

  /// Changed brokers with their previous registration; nil for new ones.
  public internal(set) var brokers: OrderedDictionary<NodeID, BrokerRegistration?> = [:]
  public internal(set) var topics: OrderedDictionary<Uuid, TopicChange> = [:]
  /// Topics that existed before and were deleted, with their last state.
  public internal(set) var deletedTopics: [TopicImage] = []
  public internal(set) var configs: OrderedSet<ConfigResource> = []
  /// Changed features with their previous levels.
  public internal(set) var features: OrderedDictionary<String, Int16> = [:]

  public init() {}

  public var isEmpty: Bool {
    brokers.isEmpty && topics.isEmpty && deletedTopics.isEmpty && configs.isEmpty && features.isEmpty
  }

  mutating func rememberBroker(_ id: NodeID, before: BrokerRegistration?) {
    if !brokers.keys.contains(id) { brokers.updateValue(before, forKey: id) }
  }

  mutating func rememberTopic(_ topic: TopicImage, wasThere: Bool) {
    if topics[topic.id] == nil { topics[topic.id] = TopicChange(name: topic.name, wasThere: wasThere) }
    topics[topic.id]!.partitionCount = topic.partitions.count
  }

  mutating func rememberPartition(_ partition: Int32, of topic: TopicImage, before: PartitionRegistration?) {
    rememberTopic(topic, wasThere: true)
    if topics[topic.id]!.partitions.keys.contains(partition) { return }
    topics[topic.id]!.partitions.updateValue(before, forKey: partition)
  }

  /// Records a deletion. A topic that was created and deleted within the delta leaves no trace; any other is recorded as it was before the delta.
  mutating func rememberDeletion(of topic: TopicImage) {
    let change = topics.removeValue(forKey: topic.id)
    if let change, !change.wasThere { return }
    var before = topic
    if let change {
      for (partition, state) in change.partitions.reversed() {
        if let state { before.partitions[Int(partition)] = state } else { before.partitions.removeLast() }
      }
    }
    deletedTopics.append(before)
  }

  mutating func rememberFeature(_ name: String, before: Int16) {
    if features[name] == nil { features[name] = before }
  }
}
