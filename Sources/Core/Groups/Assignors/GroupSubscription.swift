import Primitives

/// Who wants what, and has what now: all that an assignor knows.
///
/// Kafka's assignors of 4.x look at no rack either (KIP-848 leaves it to later ones).
public struct GroupSubscription: Sendable {
  public struct Member: Sendable {
    public let id: String
    public let instanceId: String?
    /// Of topics that there are, in order, each once.
    public let topics: [Uuid]
    /// What the member was to have until now, as far as it exists and nobody before it has it.
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
  /// All that somebody wants, in order.
  public let topics: [Uuid]
  /// Only looked up.
  private let counts: [Uuid: Int32]
  /// Only looked up.
  private var owners: [TopicPartitionKey: Int] = [:]

  /// `partitionCount`: of each topic that a member wants.
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

  /// Whether the partition is in some member's former target.
  func isAssigned(_ partition: Int32, of topic: Uuid) -> Bool { owners[TopicPartitionKey(topic, partition)] != nil }

  /// A former target without what does not exist and what another member has already.
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
