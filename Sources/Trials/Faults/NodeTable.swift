import Host
import Primitives
import Sim

/// The nodes of a trial by their roles; a combined node is among the brokers and among the controllers.
struct NodeTable {
  /// Voters of the metadata log and, where the voters can be changed, those that may become some.
  var controllers: [NodeIndex]
  var brokers: [NodeIndex]
  var clients: [(name: String, nodes: [NodeIndex])]
  /// Consumer groups with their members, in the order of the file.
  private(set) var groups: [(name: String, members: [NodeIndex])]
  /// Transactional ids of clients, in the order of the file.
  private(set) var transactions: [String] = []
  /// The topics that clients with transactional ids write to.
  private(set) var topicsOfTransactions: [String] = []
  /// The nodes that speak for each of them, of entries whose processes have one each.
  private var speakers: [(id: String, node: NodeIndex)] = []
  var assignments: [TopicPartition: [NodeID]] {
    didSet { partitions = assignments.keys.sorted() }
  }
  /// The partitions of the assignments, in order.
  private(set) var partitions: [TopicPartition] = []

  init(controllers: [NodeIndex], brokers: [NodeIndex]) {
    self.controllers = controllers
    self.brokers = brokers
    clients = []
    groups = []
    assignments = [:]
  }

  /// Every broker and controller once: first all of one kind, then those of the other that are not of this one too.
  func servers(first kind: KeyPath<NodeTable, [NodeIndex]>) -> [NodeIndex] {
    let first = self[keyPath: kind]
    return first + (brokers + controllers).filter { !first.contains($0) }
  }

  /// Brokers are numbered from 1.
  func broker(_ id: NodeID) -> NodeIndex? {
    brokers.indices.contains(Int(id.value) - 1) ? brokers[Int(id.value) - 1] : nil
  }

  /// As the story names it; its id where the trial has no such controller.
  func nameOfController(_ id: NodeID, _ world: World) -> String { controllers.first { world.id(of: $0) == id }.map(world.name(of:)) ?? "\(id)" }

  /// The controller that was last known to lead the metadata log, whether or not it runs; before the first election, the first one.
  func activeController(in cluster: ClusterView, _ world: World) -> NodeIndex {
    controllers.first { world.id(of: $0) == cluster.activeController } ?? controllers[0]
  }

  /// The voters that are not the active controller, in their order, or the one at a place among them: those that can take over.
  func standbyControllers(_ number: Int?, in cluster: ClusterView, _ world: World) -> [NodeIndex] {
    let active = activeController(in: cluster, world), standbys = voters(in: cluster, world).filter { $0 != active }
    return number.map { Array(standbys.dropFirst($0 - 1).prefix(1)) } ?? standbys
  }

  /// The controllers that are voters by what was last committed, in their order.
  func voters(in cluster: ClusterView, _ world: World) -> [NodeIndex] { controllers.filter { cluster.voters.contains(world.id(of: $0)) } }

  /// The controllers that are no voters, in their order, or the one at a place among them.
  func observers(_ number: Int?, in cluster: ClusterView, _ world: World) -> [NodeIndex] {
    let observers = controllers.filter { !cluster.voters.contains(world.id(of: $0)) }
    return number.map { Array(observers.dropFirst($0 - 1).prefix(1)) } ?? observers
  }

  mutating func add(_ members: [NodeIndex], toGroup name: String) {
    if let place = groups.firstIndex(where: { $0.name == name }) { groups[place].members += members } else { groups.append((name, members)) }
  }

  /// - Parameters:
  ///   - processes: of the entry whose transactional ids these are.
  ///   - topics: what these write to.
  mutating func add(transactionalIDs ids: [String], of processes: [NodeIndex], writingTo topics: [String]) {
    transactions += ids.filter { !transactions.contains($0) }
    if !ids.isEmpty { topicsOfTransactions += topics.filter { !topicsOfTransactions.contains($0) } }
    if ids.count == processes.count { speakers += zip(ids, processes).map { (id: $0, node: $1) } }
  }

  /// Those that a process speaks for.
  func transactionalIDs(of node: NodeIndex) -> [String] { speakers.filter { $0.node == node }.map(\.id) }

  func members(ofGroup name: String) -> [NodeIndex] { groups.first { $0.name == name }?.members ?? [] }

  func clients(named name: String) -> [NodeIndex] { clients.first { $0.name == name }?.nodes ?? [] }

  /// Whether a node is a broker or a controller.
  func isServer(_ node: NodeIndex) -> Bool { brokers.contains(node) || controllers.contains(node) }

  /// Whether the controller of a node is behind a listener: the first one of a controller, the second one of a combined node.
  func isController(_ node: NodeIndex, listener: Int) -> Bool { controllers.contains(node) && (listener > 0 || !brokers.contains(node)) }

  func replicas(of partition: TopicPartition) -> [NodeID] { assignments[partition] ?? [] }

  /// A selector for a broker, a member of a group, another client, or a controller.
  func selector(of node: NodeIndex) -> NodeSelector {
    for group in groups {
      if let place = group.members.firstIndex(of: node) { return .member(of: group.name, place + 1) }
    }
    for (name, nodes) in clients {
      if let place = nodes.firstIndex(of: node) { return .instance(of: name, place + 1) }
    }
    return brokers.firstIndex(of: node).map { .broker(NodeID(Int32(clamping: $0 + 1))) } ?? .controller((controllers.firstIndex(of: node) ?? 0) + 1)
  }
}
