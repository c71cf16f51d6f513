import Primitives

/// The replicas of a broker: one hash of a topic's id or name, then an index. A few topics are compared instead, which is faster.
struct PartitionTable {
  private(set) var all: [Partition] = []
  private var topics: [Topic] = []
  private var topicsByID: [Uuid: Int] = [:]
  private var topicsByName: [String: Int] = [:]

  private static var few: Int { 16 }

  private struct Topic {
    let name: String
    let id: Uuid
    var partitions: [Partition?] = []
    /// The number of replicas.
    var count = 0
  }

  subscript(id: TopicIDPartition) -> Partition? {
    let topic = topics.count <= Self.few ? topics.lastIndex { $0.id == id.topic } : topicsByID[id.topic]
    return topic.flatMap { partition(id.partition, of: $0) }
  }

  subscript(name: TopicPartition) -> Partition? {
    let topic = topics.count <= Self.few ? topics.lastIndex { $0.name == name.topic } : topicsByName[name.topic]
    return topic.flatMap { partition(name.partition, of: $0) }
  }

  private func partition(_ index: Int32, of topic: Int) -> Partition? {
    let index = Int(index)
    return topics[topic].partitions.indices.contains(index) ? topics[topic].partitions[index] : nil
  }

  mutating func insert(_ partition: Partition) {
    let topic = topicsByID[partition.id.topic] ?? add(Topic(name: partition.topicPartition.topic, id: partition.id.topic))
    let index = Int(partition.id.partition)
    while topics[topic].partitions.count <= index { topics[topic].partitions.append(nil) }
    topics[topic].partitions[index] = partition
    topics[topic].count += 1
    all.append(partition)
  }

  /// A name finds the newest topic with that name.
  private mutating func add(_ topic: Topic) -> Int {
    topics.append(topic)
    topicsByID[topic.id] = topics.count - 1
    topicsByName[topic.name] = topics.count - 1
    return topics.count - 1
  }

  /// Removes a partition from the lookups. `sweep` removes all such partitions from `all` at once.
  mutating func remove(_ partition: Partition) {
    guard let topic = topicsByID[partition.id.topic] else { return }
    topics[topic].partitions[Int(partition.id.partition)] = nil
    topics[topic].count -= 1
    guard topics[topic].count == 0 else { return }
    topicsByID[topics[topic].id] = nil
    if topicsByName[topics[topic].name] == topic { topicsByName[topics[topic].name] = nil }
    topics[topic].partitions = []
  }

  mutating func sweep() { all.removeAll(where: \.isRemoved) }
}
