import Primitives

/// Partitions that a member has, each with the epoch in which the member got it (KIP-1251), in the order of the topics' ids and of their numbers.
public struct OwnedPartitions: Sendable, Equatable {
  public struct Topic: Sendable, Equatable {
    public let id: Uuid
    /// Never empty.
    public fileprivate(set) var partitions: [Int32]
    /// As many as partitions.
    public fileprivate(set) var epochs: [Int32]
  }

  public private(set) var topics: [Topic] = []

  public init() {}

  /// In any order. Of a partition that comes twice the first counts.
  init(_ entries: some Sequence<(topic: Uuid, partition: Int32, epoch: Int32)>) {
    for entry in entries.sorted(by: { ($0.topic, $0.partition) < ($1.topic, $1.partition) }) {
      guard let last = topics.indices.last, topics[last].id == entry.topic else {
        topics.append(Topic(id: entry.topic, partitions: [entry.partition], epochs: [entry.epoch]))
        continue
      }
      guard topics[last].partitions.last != entry.partition else { continue }
      topics[last].partitions.append(entry.partition)
      topics[last].epochs.append(entry.epoch)
    }
  }

  /// All partitions of an assignment, got in one epoch.
  init(_ assignment: PartitionAssignment, epoch: Int32) {
    topics = assignment.topics.map { Topic(id: $0.id, partitions: $0.partitions, epochs: $0.partitions.map { _ in epoch }) }
  }

  public var isEmpty: Bool { topics.isEmpty }
  public var count: Int { topics.reduce(0) { $0 + $1.partitions.count } }

  /// Without the epochs.
  public var assignment: PartitionAssignment { PartitionAssignment(topics.map { ($0.id, $0.partitions) }) }

  public func contains(_ partition: Int32, of id: Uuid) -> Bool { epoch(of: partition, of: id) != nil }

  /// The epoch in which the member got a partition, or nil where it has it not.
  public func epoch(of partition: Int32, of id: Uuid) -> Int32? {
    let place = topics.partitioningIndex { $0.id >= id }
    guard place < topics.count, topics[place].id == id else { return nil }
    let partitions = topics[place].partitions
    let index = partitions.partitioningIndex { $0 >= partition }
    return index < partitions.count && partitions[index] == partition ? topics[place].epochs[index] : nil
  }

  var entries: [(topic: Uuid, partition: Int32, epoch: Int32)] {
    topics.flatMap { topic in zip(topic.partitions, topic.epochs).map { (topic: topic.id, partition: $0, epoch: $1) } }
  }

  /// The same partitions, as if got in another epoch.
  func with(epoch: Int32) -> OwnedPartitions { OwnedPartitions(assignment, epoch: epoch) }
}
