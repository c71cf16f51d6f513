import Host
import Primitives

/// A client's view of the cluster: brokers, and leaders of the topics that it uses.
public struct ClusterMetadata: Sendable, Equatable {
  public var clusterID: String?
  public var controller: NodeID?
  /// In ascending order of their ids.
  public var brokers: [BrokerEndpoint] = []
  /// In ascending order of their names.
  public var topics: [TopicMetadata] = []

  public init() {}

  public func broker(_ id: NodeID) -> BrokerEndpoint? { brokers.first { $0.id == id } }

  /// The address of a broker; nil if it is unknown. Cheaper than `broker`, for callers that ask with each request.
  func address(of id: NodeID) -> Address? {
    for index in brokers.indices where brokers[index].id == id { return brokers[index].address }
    return nil
  }

  public func topic(_ name: String) -> TopicMetadata? { index(of: name).map { topics[$0] } }

  public func topic(withID id: Uuid) -> TopicMetadata? { topics.first { $0.id == id } }

  public func partition(_ partition: TopicPartition) -> PartitionMetadata? {
    guard let topic = topic(partition.topic), topic.partitions.indices.contains(Int(partition.partition)) else { return nil }
    return topic.partitions[Int(partition.partition)]
  }

  func index(of name: String) -> Int? {
    let at = insertionIndex(of: name)
    return at < topics.count && topics[at].name == name ? at : nil
  }

  func insertionIndex(of name: String) -> Int { topics.partitioningIndex { $0.name >= name } }
}

/// A broker and its address.
public struct BrokerEndpoint: Sendable, Hashable {
  public var id: NodeID
  public var address: Address
  public var rack: String?

  public init(id: NodeID, address: Address, rack: String? = nil) {
    self.id = id
    self.address = address
    self.rack = rack
  }
}

public struct TopicMetadata: Sendable, Equatable {
  public var name: String
  /// `Uuid.zero` if the broker is too old to say.
  public var id: Uuid
  public var isInternal: Bool
  /// At the index of their number.
  public var partitions: [PartitionMetadata]
}

public struct PartitionMetadata: Sendable, Equatable {
  /// Nil if there is no leader, or it is unknown.
  public var leader: NodeID?
  /// Never decreases as long as the topic has the same id.
  public var leaderEpoch: LeaderEpoch
  public var replicas: [NodeID]
  public var isr: [NodeID]
  public var offlineReplicas: [NodeID]

  /// A partition that a response left out.
  static let unknown = PartitionMetadata(leader: nil, leaderEpoch: .unknown, replicas: [], isr: [], offlineReplicas: [])
}
