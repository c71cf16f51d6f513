import Client
import Host
import Primitives
import Workloads

/// The latest metadata of a real cluster: the roles of nodes, and what has changed since the scenario began.
///
/// It is polled several times a second: what comes and goes between two polls is not seen.
package struct ClusterPicture: Sendable {
  package struct Partition: Sendable, Equatable {
    package var leader: NodeID?
    package var epoch: LeaderEpoch
    package var replicas: [NodeID]
    package var isr: [NodeID]
    /// The number of times it got another leader.
    package var elections = 0
  }

  package struct Group: Sendable, Equatable {
    package var coordinator: NodeID?
    package var state = ""
    package var members = 0
    package var committed: [TopicPartition: Offset] = [:]
  }

  /// A change between two polls.
  package struct Change: Equatable, Sendable {
    package let words: String
    package let sighting: Sighting?
  }

  /// The last known addresses of brokers.
  package private(set) var addresses: [NodeID: Address] = [:]
  /// The brokers in the current metadata: they are not fenced.
  package private(set) var present: Set<NodeID> = []
  package private(set) var partitions: [TopicPartition: Partition] = [:]
  package private(set) var topicIDs: [String: Uuid] = [:]
  package private(set) var groups: [String: Group] = [:]
  /// The coordinators of transactional ids.
  package private(set) var transactions: [String: NodeID] = [:]
  package private(set) var ends: [TopicPartition: Offset] = [:]
  package private(set) var controller: NodeID?
  /// The voters of the quorum, in ascending order.
  package private(set) var controllers: [NodeID] = []
  package private(set) var fencings: [NodeID: Int] = [:]
  package private(set) var unfencings: [NodeID: Int] = [:]

  package init() {}

  /// All brokers that were ever seen, in ascending order.
  package var brokers: [NodeID] { addresses.keys.sorted() }

  /// Whether every watched partition has a leader and all its replicas in sync.
  package var isInSync: Bool {
    !partitions.isEmpty && partitions.values.allSatisfy { $0.leader != nil && $0.isr.count == $0.replicas.count } && present.count == addresses.count
  }

  /// Resets the counts: everything so far was set-up.
  package mutating func beginCounting() {
    fencings = [:]
    unfencings = [:]
    for partition in partitions.keys { partitions[partition]?.elections = 0 }
  }

  // MARK: Polling

  package mutating func update(with description: ClusterDescription) -> [Change] {
    var changes: [Change] = []
    let named = description.brokers.filter { !$0.isFenced }
    let now = Set(named.map(\.endpoint.id))
    for broker in named { addresses[broker.endpoint.id] = broker.endpoint.address }
    // A broker that is seen for the first time has not come back.
    if !present.isEmpty {
      for broker in present.subtracting(now).sorted() {
        fencings[broker, default: 0] += 1
        changes.append(Change(words: "broker \(broker) is gone from the metadata", sighting: .brokerFenced))
      }
      for broker in now.subtracting(present).sorted() {
        unfencings[broker, default: 0] += 1
        changes.append(Change(words: "broker \(broker) is back in the metadata", sighting: .brokerUnfenced))
      }
    }
    present = now
    return changes
  }

  package mutating func update(with topic: TopicDescription) -> [Change] {
    topicIDs[topic.name] = topic.id
    return topic.partitions.flatMap { update(with: $0, of: TopicPartition(topic.name, $0.number)) }
  }

  private mutating func update(with description: PartitionDescription, of name: TopicPartition) -> [Change] {
    var partition = Partition(leader: description.leader, epoch: description.leaderEpoch, replicas: description.replicas, isr: description.isr.sorted())
    defer { partitions[name] = partition }
    guard let former = partitions[name] else { return [] }
    partition.elections = former.elections
    // A broker with outdated metadata reports the earlier state.
    guard partition.epoch >= former.epoch else {
      partition = former
      return []
    }
    var changes: [Change] = []
    if partition.leader == nil, former.leader != nil {
      changes.append(Change(words: "\(name) has no leader", sighting: .offlinePartition))
    } else if let leader = partition.leader, leader != former.leader {
      partition.elections += 1
      changes.append(Change(words: "\(name) is led by broker \(leader) in epoch \(partition.epoch), ISR \(partition.isr)", sighting: .leaderChange))
    }
    let gone = former.isr.filter { !partition.isr.contains($0) }, come = partition.isr.filter { !former.isr.contains($0) }
    if !gone.isEmpty { changes.append(Change(words: "ISR of \(name) \(former.isr) -> \(partition.isr)", sighting: .isrShrink)) }
    if !come.isEmpty { changes.append(Change(words: "ISR of \(name) \(former.isr) -> \(partition.isr)", sighting: .isrExpand)) }
    return changes
  }

  package mutating func update(with quorum: QuorumDescription) {
    controller = quorum.leader
    controllers = quorum.voters.map(\.id).sorted()
  }

  /// Sets the controllers, if no quorum reports them.
  package mutating func update(controllers: [NodeID]) {
    self.controllers = controllers
    controller = controller ?? controllers.first
  }

  package mutating func update(coordinator: NodeID, of group: String) -> [Change] {
    let former = groups[group]?.coordinator
    groups[group, default: Group()].coordinator = coordinator
    guard let former, former != coordinator else { return [] }
    return [Change(words: "group \(group) is coordinated by broker \(coordinator)", sighting: .coordinatorMove)]
  }

  package mutating func update(with description: GroupDescription) {
    groups[description.id, default: Group()].state = description.state
    groups[description.id]?.members = description.members.count
  }

  package mutating func update(with transaction: TransactionDescription) { transactions[transaction.transactionalID] = transaction.coordinator }

  package mutating func update(committed: [TopicPartition: Offset], of group: String) { groups[group, default: Group()].committed = committed }

  package mutating func update(end: Offset, of partition: TopicPartition) { ends[partition] = end }
}
