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

    fileprivate mutating func remember(_ partition: Int32, _ before: PartitionRegistration?) {
      if partitions.index(forKey: partition) == nil { partitions.updateValue(before, forKey: partition) }
    }
  }

  /// Changed brokers with their previous registration; nil for new ones.
  public internal(set) var brokers: OrderedDictionary<NodeID, BrokerRegistration?> = [:]
  public internal(set) var topics: OrderedDictionary<Uuid, TopicChange> = [:]
  /// Topics that existed before and were deleted, with their last state.
  public internal(set) var deletedTopics: [TopicImage] = []
  public internal(set) var configs: OrderedSet<ConfigResource> = []
  /// Changed features with their previous levels.
  public internal(set) var features: OrderedDictionary<String, Int16> = [:]
  /// The ids of all topics that were deleted, also of those that were created within the delta.
  public internal(set) var removedTopics: [Uuid] = []

  private let remembersChanges: Bool

  /// - Parameter remembersChanges: False for whoever needs the new image alone: `removedTopics` is kept then, and nothing else. What a whole log or snapshot
  ///   changed takes as much memory as the image.
  public init(remembersChanges: Bool = true) { self.remembersChanges = remembersChanges }

  public var isEmpty: Bool {
    brokers.isEmpty && topics.isEmpty && deletedTopics.isEmpty && configs.isEmpty && features.isEmpty
  }

  mutating func rememberBroker(_ id: NodeID, before: BrokerRegistration?) {
    guard remembersChanges, brokers.index(forKey: id) == nil else { return }
    brokers.updateValue(before, forKey: id)
  }

  mutating func rememberTopic(_ topic: TopicImage, wasThere: Bool) {
    if remembersChanges { _ = changeIndex(of: topic, wasThere: wasThere) }
  }

  mutating func rememberPartition(_ partition: Int32, of topic: TopicImage, before: PartitionRegistration?) {
    guard remembersChanges else { return }
    let index = changeIndex(of: topic, wasThere: true)
    topics.values[index].remember(partition, before)
  }

  /// Where the change of a topic stands; a new one at the end where there is none yet.
  private mutating func changeIndex(of topic: TopicImage, wasThere: Bool) -> Int {
    // Records of the same topic mostly follow each other.
    let isLast = topics.keys.last == topic.id
    let index = isLast ? topics.count - 1 : topics.index(forKey: topic.id) ?? topics.count
    if index == topics.count { topics[topic.id] = TopicChange(name: topic.name, wasThere: wasThere) }
    topics.values[index].partitionCount = topic.partitions.count
    return index
  }

  mutating func rememberConfig(_ resource: ConfigResource) {
    if remembersChanges { configs.append(resource) }
  }

  /// Records a deletion. A topic that was created and deleted within the delta leaves no trace; any other is recorded as it was before the delta.
  mutating func rememberDeletion(of topic: TopicImage) {
    removedTopics.append(topic.id)
    guard remembersChanges else { return }
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
    if remembersChanges, features[name] == nil { features[name] = before }
  }
}
