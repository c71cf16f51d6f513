import Host
import OrderedCollections
import Primitives
import Wire

/// The cluster as its controllers have committed it, collected from what nodes report. Schedules and the story refer to it.
///
/// Of several controllers, the one elected last counts: a controller that does not know yet that it no longer leads may still report earlier
/// commits, which would set the view back.
struct ClusterView {
  struct PartitionView {
    var leader = NodeID.none
    var epoch = LeaderEpoch.unknown
    var isr: [NodeID] = []
    var elections = 0
    /// As last reported by a leader of the current or an earlier epoch.
    var highWatermark: Offset = 0
  }

  /// The controller that was elected last; none before the first election.
  private(set) var activeController = NodeID.none
  /// The epoch of the metadata log in which it was elected.
  private(set) var controllerEpoch = LeaderEpoch.unknown
  /// How many times a controller was elected, and how many times each was.
  private(set) var activations = 0
  private(set) var activationsOfControllers: [NodeID: Int] = [:]
  /// The voters of the metadata log by the newest set that is known to be committed, in ascending order (KIP-853).
  private(set) var voters: [NodeID] = []
  /// Where that set stands in the metadata log; nil for the one that the cluster began with.
  private var votersPlace: (epoch: LeaderEpoch, offset: Offset)?
  /// How many snapshots of the metadata were taken, by all nodes together.
  private(set) var snapshots = 0
  /// Of the topics that exist, by their names. Ordered, as few are compared without hashing: high watermarks move all the time.
  private(set) var partitions: OrderedDictionary<TopicPartition, PartitionView> = [:]
  private(set) var fencings: [NodeID: Int] = [:]
  private(set) var unfencings: [NodeID: Int] = [:]
  /// Topics that exist, by name.
  private var topicIDs: [String: Uuid] = [:]
  /// The names of all topics so far, by their ids as Kafka's tools write them.
  private var topicNames = ["\(Uuid.metadataTopic)": TopicName.clusterMetadata]
  /// Whether a topic was deleted: then brokers may still report about an earlier topic with the same name.
  private(set) var hasDeletedTopics = false

  /// Resets the counts: everything so far was set-up, and does not count for a schedule.
  mutating func beginCounting() {
    for partition in partitions.keys { partitions[partition]?.elections = 0 }
    fencings = [:]
    unfencings = [:]
    activations = 0
    activationsOfControllers = [:]
    snapshots = 0
  }

  mutating func begin(withVoters ids: [NodeID]) { voters = ids }

  /// Whether no set of voters is known to be committed behind this place in the metadata log, or at it. A node that starts again tells of old ones.
  func isNews(_ change: Occurrence.VoterSetChange) -> Bool { votersPlace.map { $0 < (change.epoch, change.offset) } ?? true }

  // The next ones are inlined, since a call would copy the whole view.

  @inline(__always)
  subscript(partition: TopicPartition) -> PartitionView { partitions[partition] ?? PartitionView() }

  /// Who leads a partition; none where nobody does. Cheaper than the whole view of it.
  @inline(__always)
  func leader(of partition: TopicPartition) -> NodeID { partitions.index(forKey: partition).map { partitions.values[$0].leader } ?? .none }

  /// Of `__consumer_offsets`; 0 until it is made.
  private var offsetsPartitions: Int32 = 0
  /// The number of partitions of `__transaction_state`; 0 until it is created.
  private var transactionPartitions: Int32 = 0

  /// The broker that coordinates a group by the controller's metadata: whoever leads the partition in whose log the state of the group lies. None where no broker does.
  func coordinator(ofGroup group: String) -> NodeID { partition(ofGroup: group).map { leader(of: $0) } ?? .none }

  /// The partition whose log has the state of a group; nil until its topic is created.
  func partition(ofGroup group: String) -> TopicPartition? {
    guard offsetsPartitions > 0 else { return nil }
    return TopicPartition(TopicName.consumerOffsets, coordinatorPartition(of: group, partitionCount: offsetsPartitions))
  }

  /// The same of transactional ids.
  func coordinator(ofTransaction id: String) -> NodeID { partition(ofTransaction: id).map { leader(of: $0) } ?? .none }

  func partition(ofTransaction id: String) -> TopicPartition? {
    guard transactionPartitions > 0 else { return nil }
    return TopicPartition(TopicName.transactionState, coordinatorPartition(of: id, partitionCount: transactionPartitions))
  }

  /// The name of a topic, by its id as Kafka's tools write it.
  func topicName(of id: String) -> String? { topicNames[id] }

  /// Whether a topic with this name exists.
  @inline(__always)
  func contains(_ topic: String) -> Bool { topicIDs[topic] != nil }

  /// The topic that has the name now; zero if there is none.
  @inline(__always)
  func topicID(of partition: TopicPartition) -> Uuid { topicIDs[partition.topic] ?? .zero }

  /// The partitions of the topic that has a name now, in ascending order.
  func partitions(of topic: String) -> [TopicPartition] { partitions.keys.filter { $0.topic == topic }.sorted() }

  mutating func observe(_ occurrence: Occurrence, by node: NodeID) {
    switch occurrence {
    case .controllerElected(let controller, let epoch):
      guard epoch > controllerEpoch else { return }
      activations += 1
      activationsOfControllers[controller, default: 0] += 1
      activeController = controller
      controllerEpoch = epoch
    case .votersCommitted(let change):
      guard isNews(change) else { return }
      votersPlace = (change.epoch, change.offset)
      voters = change.voters.map(\.id)
    case .metadataSnapshotTaken: snapshots += 1
    case .highWatermarkMoved(let partition, _, let highWatermark):
      guard let index = partitions.index(forKey: partition), partitions.values[index].leader == node else { return }
      partitions.values[index].highWatermark = highWatermark
    default:
      if node == activeController { observeCommitted(occurrence) }
    }
  }

  /// Records what the active controller has committed.
  private mutating func observeCommitted(_ occurrence: Occurrence) {
    switch occurrence {
    case .topicCreated(let name, let id, let partitions):
      topicIDs[name] = id
      topicNames["\(id)"] = name
      if name == TopicName.consumerOffsets { offsetsPartitions = Int32(clamping: partitions) }
      if name == TopicName.transactionState { transactionPartitions = Int32(clamping: partitions) }
    case .topicDeleted(let name, let id):
      hasDeletedTopics = true
      guard topicIDs[name] == id else { return }
      topicIDs[name] = nil
      for partition in partitions(of: name) { partitions[partition] = nil }
    case .leaderElected(let partition, let leader, let epoch, let isr, _):
      var view = self[partition]
      if view.epoch != .unknown, leader != .none, leader != view.leader { view.elections += 1 }
      view.leader = leader
      view.epoch = epoch
      view.isr = isr
      partitions[partition] = view
    case .isrChanged(let partition, _, let isr, _):
      partitions[partition, default: PartitionView()].isr = isr
    case .brokerFenced(let node, _):
      fencings[node, default: 0] += 1
    case .brokerUnfenced(let node):
      unfencings[node, default: 0] += 1
    default: break
    }
  }
}
