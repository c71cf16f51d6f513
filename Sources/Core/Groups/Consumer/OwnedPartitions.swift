import Primitives

/// Partitions that a member owns, each with the epoch in which the member got it (KIP-1251), sorted by topic id and number.
public struct OwnedPartitions: Sendable, Equatable {
  public struct Topic: Sendable, Equatable {
    public let id: Uuid
    /// Never empty.
    public fileprivate(set) var partitions: [Int32]
    /// One for each partition.
    public fileprivate(set) var epochs: [Int32]
  }

  public private(set) var topics: [Topic] = []

  public init() {}

  /// Entries in any order. If a partition occurs twice, the first one counts.
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

  /// All partitions of an assignment, obtained in one epoch.
  init(_ assignment: PartitionAssignment, epoch: Int32) {
    topics = assignment.topics.map { Topic(id: $0.id, partitions: $0.partitions, epochs: $0.partitions.map { _ in epoch }) }
  }

  public var isEmpty: Bool { topics.isEmpty }
  public var count: Int { topics.reduce(0) { $0 + $1.partitions.count } }

  /// The partitions without the epochs.
  public var assignment: PartitionAssignment { PartitionAssignment(topics.map { ($0.id, $0.partitions) }) }

  public func contains(_ partition: Int32, of id: Uuid) -> Bool { epoch(of: partition, of: id) != nil }

  /// The epoch in which the member got a partition; nil if the member does not own it.
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

  /// The same partitions, as if obtained in another epoch.
  func with(epoch: Int32) -> OwnedPartitions { OwnedPartitions(assignment, epoch: epoch) }
}
