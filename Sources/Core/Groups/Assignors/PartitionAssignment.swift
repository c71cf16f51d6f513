import Primitives

/// Partitions of topics, sorted by topic id and number, without repetitions.
public struct PartitionAssignment: Sendable, Equatable {
  public struct Topic: Sendable, Equatable {
    public var id: Uuid
    /// Never empty.
    public var partitions: [Int32]

    public init(id: Uuid, partitions: [Int32]) {
      self.id = id
      self.partitions = partitions
    }
  }

  public private(set) var topics: [Topic] = []

  public init() {}

  /// Makes an assignment from topics and partitions in any order, which may repeat.
  public init(_ topics: some Sequence<(Uuid, [Int32])>) {
    for (id, partitions) in topics.sorted(by: { $0.0 < $1.0 }) where !partitions.isEmpty {
      if self.topics.last?.id == id {
        self.topics[self.topics.count - 1].partitions += partitions
      } else {
        self.topics.append(Topic(id: id, partitions: partitions))
      }
    }
    for index in self.topics.indices { self.topics[index].partitions = self.topics[index].partitions.sortedOnce }
  }

  public var isEmpty: Bool { topics.isEmpty }
  public var count: Int { topics.reduce(0) { $0 + $1.partitions.count } }

  /// The partitions of a topic; empty if there are none.
  public subscript(id: Uuid) -> [Int32] {
    let index = topics.partitioningIndex { $0.id >= id }
    return index < topics.count && topics[index].id == id ? topics[index].partitions : []
  }

  /// Whether the assignment contains a partition of a topic.
  public func contains(_ partition: Int32, of id: Uuid) -> Bool { self[id].containsSorted(partition) }
}
