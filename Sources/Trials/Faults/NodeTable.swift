import Host
import Primitives
import Sim

/// The nodes of a trial by their roles.
struct NodeTable {
  /// The voters of the quorum.
  var controllers: [NodeIndex]
  var brokers: [NodeIndex]
  var clients: [(name: String, nodes: [NodeIndex])]
  var assignments: [TopicPartition: [NodeID]] {
    didSet { partitions = assignments.keys.sorted() }
  }
  /// Those of the assignments, in order.
  private(set) var partitions: [TopicPartition] = []

  init(controllers: [NodeIndex], brokers: [NodeIndex]) {
    self.controllers = controllers
    self.brokers = brokers
    clients = []
    assignments = [:]
  }

  /// Brokers are numbered from 1.
  func broker(_ id: NodeID) -> NodeIndex? {
    brokers.indices.contains(Int(id.value) - 1) ? brokers[Int(id.value) - 1] : nil
  }

  /// The controller that leads the metadata log as far as anybody was told, whether or not it runs; before the first election, the first one.
  func activeController(in cluster: ClusterView, _ world: World) -> NodeIndex {
    controllers.first { world.id(of: $0) == cluster.activeController } ?? controllers[0]
  }

  func clients(named name: String) -> [NodeIndex] { clients.first { $0.name == name }?.nodes ?? [] }

  func replicas(of partition: TopicPartition) -> [NodeID] { assignments[partition] ?? [] }

  /// Names a broker or a controller.
  func selector(of node: NodeIndex) -> NodeSelector {
    brokers.firstIndex(of: node).map { .broker(NodeID(Int32(clamping: $0 + 1))) } ?? .controller((controllers.firstIndex(of: node) ?? 0) + 1)
  }
}
