import OrderedCollections
import Primitives

/// The state of the cluster: the result of the metadata log's records.
///
/// It is a value. Two replicas that applied the same records have equal images, and iterate over them in the same order: brokers are ascending,
/// topics are in the order of their creation. Changing an image without other references copies nothing; changing a shared one copies only the arrays
/// that lead to the change.
public struct MetadataImage: Equatable, Sendable {
  public let clusterID: String

  /// Ascending by id.
  public internal(set) var brokers: [BrokerRegistration] = []
  /// Ascending by id.
  public internal(set) var controllers: [ControllerRegistration] = []
  /// In the order of creation.
  public internal(set) var topics: OrderedDictionary<Uuid, TopicImage> = [:]
  public internal(set) var configs: OrderedDictionary<ConfigResource, OrderedDictionary<String, String>> = [:]
  public internal(set) var features = FeatureLevels()
  /// The first producer id that belongs to no block yet.
  public internal(set) var nextProducerID: Int64 = 0
  var passedOver = PassedOverRecords()
  /// Nil unless the log ended within a metadata transaction. Nothing else here shows anything of it.
  public internal(set) var openTransaction: OpenMetadataTransaction?

  /// The last record in this image, and its epoch; unknown in an image without records.
  public internal(set) var lastOffset: Offset = .unknown
  public internal(set) var lastEpoch: LeaderEpoch = .unknown

  /// Only for lookups, never iterated.
  var topicIDs: [String: Uuid] = [:]

  public init(clusterID: String) { self.clusterID = clusterID }
}

extension MetadataImage {
  /// Whether it says the same as another image, whatever the offsets up to which they were read.
  public func hasSameContent(as other: MetadataImage) -> Bool {
    var moved = other
    moved.advance(to: lastOffset, epoch: lastEpoch)
    return self == moved
  }

  public func broker(_ id: NodeID) -> BrokerRegistration? { brokerIndex(id).found.map { brokers[$0] } }

  public func isActive(_ broker: NodeID) -> Bool { brokerIndex(broker).found.map { brokers[$0].isActive } ?? false }

  public func topic(_ id: Uuid) -> TopicImage? { topics[id] }

  public func topic(named name: String) -> TopicImage? { topicIDs[name].flatMap { topics[$0] } }

  public func topicID(named name: String) -> Uuid? { topicIDs[name] }

  public func partition(_ partition: TopicIDPartition) -> PartitionRegistration? { topics[partition.topic]?[partition.partition] }

  public func partition(_ partition: TopicPartition) -> PartitionRegistration? { topic(named: partition.topic)?[partition.partition] }

  /// What was set for a resource itself, in the order in which it was first set; without defaults.
  public func config(of resource: ConfigResource) -> OrderedDictionary<String, String> { configs[resource] ?? [:] }

  /// The dynamic value that applies to a topic: its own, or that of the whole cluster.
  public func topicConfig(_ name: String, of topic: String) -> String? {
    configs[.topic(topic)]?[name] ?? configs[.clusterDefault]?[name]
  }

  /// The index of a broker, or where it would be inserted.
  func brokerIndex(_ id: NodeID) -> (found: Int?, insertion: Int) { position(of: id, in: brokers, by: \.id) }

  func controllerIndex(_ id: NodeID) -> (found: Int?, insertion: Int) { position(of: id, in: controllers, by: \.id) }

  private func position<Element>(of id: NodeID, in elements: [Element], by key: (Element) -> NodeID) -> (found: Int?, insertion: Int) {
    let index = elements.partitioningIndex { key($0) >= id }
    return (index < elements.count && key(elements[index]) == id ? index : nil, index)
  }
}
