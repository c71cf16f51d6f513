import Primitives

/// Which member wants which topics, and owns what: the input of an assignor.
///
/// Kafka's assignors of 4.x ignore racks too (KIP-848 leaves them to later ones).
public struct GroupSubscription: Sendable {
  public struct Member: Sendable {
    public let id: String
    public let instanceId: String?
    /// Existing topics in order, without repetitions.
    public let topics: [Uuid]
    /// The member's previous target, without partitions that no longer exist or that an earlier member owns.
    public fileprivate(set) var target: PartitionAssignment

    public init(id: String, instanceId: String? = nil, topics: [Uuid], target: PartitionAssignment = PartitionAssignment()) {
      self.id = id
      self.instanceId = instanceId
      self.topics = topics
      self.target = target
    }

    func wants(_ topic: Uuid) -> Bool { topics.containsSorted(topic) }
  }

  /// In the order of their ids.
  public private(set) var members: [Member]
  /// Whether all members want the same topics.
  public let isHomogeneous: Bool
  /// All topics that a member wants, in order.
  public let topics: [Uuid]
  /// Only for lookups.
  private let counts: [Uuid: Int32]
  /// Only for lookups.
  private var owners: [TopicPartitionKey: Int] = [:]

  /// `partitionCount`: The number of partitions of each topic that a member wants.
  public init(members: [Member], isHomogeneous: Bool, partitionCount: (Uuid) -> Int32) {
    self.members = members.sorted { $0.id < $1.id }
    self.isHomogeneous = isHomogeneous
    var topics: [Uuid] = []
    var counts: [Uuid: Int32] = [:]
    for member in self.members {
      for topic in member.topics where counts[topic] == nil {
        counts[topic] = max(0, partitionCount(topic))
        topics.append(topic)
      }
    }
    self.topics = topics.sorted()
    self.counts = counts
    for index in self.members.indices { self.members[index].target = claimed(self.members[index].target, by: index) }
  }

  public func partitionCount(of topic: Uuid) -> Int32 { counts[topic] ?? 0 }

  /// Whether the partition is in a member's previous target.
  func isAssigned(_ partition: Int32, of topic: Uuid) -> Bool { owners[TopicPartitionKey(topic, partition)] != nil }

  /// A previous target without partitions that do not exist or that another member already claims.
  private mutating func claimed(_ target: PartitionAssignment, by member: Int) -> PartitionAssignment {
    var claimed: [(Uuid, [Int32])] = []
    for topic in target.topics {
      let count = partitionCount(of: topic.id)
      var partitions: [Int32] = []
      for partition in topic.partitions where (0..<count).contains(partition) {
        let key = TopicPartitionKey(topic.id, partition)
        guard owners[key] == nil else { continue }
        owners[key] = member
        partitions.append(partition)
      }
      claimed.append((topic.id, partitions))
    }
    return PartitionAssignment(claimed)
  }
}
