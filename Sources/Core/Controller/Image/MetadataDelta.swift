import OrderedCollections
import Primitives

/// What a run of records changed in an image: the way of a broker from one published image to the next.
///
/// Several changes of one thing are one entry that remembers the state before the first, so that a follower of the log sees records
/// folded as a real broker does. Walks in the order of the first change of each thing.
public struct MetadataDelta: Sendable {
  /// What happened to a topic: it was made if `wasThere` is false, it is gone if the image has it no more, or its partitions changed.
  public struct TopicChange: Sendable {
    public let name: String
    /// Whether the image before the delta had this topic.
    public let wasThere: Bool
    /// Changed partitions with their state before; nil says they are new.
    public internal(set) var partitions: OrderedDictionary<Int32, PartitionRegistration?> = [:]
    /// How many partitions the topic has, or had when it was deleted.
    public internal(set) var partitionCount = 0
  }

  /// Changed brokers with their registration before; nil says they are new.
  public internal(set) var brokers: OrderedDictionary<NodeID, BrokerRegistration?> = [:]
  public internal(set) var topics: OrderedDictionary<Uuid, TopicChange> = [:]
  /// Topics that were there before and are gone, with what they were.
  public internal(set) var deletedTopics: [TopicImage] = []
  public internal(set) var configs: OrderedSet<ConfigResource> = []
  /// Changed features with their levels before.
  public internal(set) var features: OrderedDictionary<String, Int16> = [:]

  public init() {}

  public var isEmpty: Bool {
    brokers.isEmpty && topics.isEmpty && deletedTopics.isEmpty && configs.isEmpty && features.isEmpty
  }

  mutating func noteBroker(_ id: NodeID, before: BrokerRegistration?) {
    if !brokers.keys.contains(id) { brokers.updateValue(before, forKey: id) }
  }

  mutating func noteTopic(_ topic: TopicImage, wasThere: Bool) {
    if topics[topic.id] == nil { topics[topic.id] = TopicChange(name: topic.name, wasThere: wasThere) }
    topics[topic.id]!.partitionCount = topic.partitions.count
  }

  mutating func notePartition(_ partition: Int32, of topic: TopicImage, before: PartitionRegistration?) {
    noteTopic(topic, wasThere: true)
    if topics[topic.id]!.partitions.keys.contains(partition) { return }
    topics[topic.id]!.partitions.updateValue(before, forKey: partition)
  }

  /// A topic that came and went inside the delta leaves no trace; another is remembered as it was before the delta.
  mutating func noteDeletion(of topic: TopicImage) {
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

  mutating func noteFeature(_ name: String, before: Int16) {
    if features[name] == nil { features[name] = before }
  }
}
