import Host
import Primitives
import Sim

/// The nodes of a trial by their roles.
struct NodeTable {
  var controller: NodeIndex
  var brokers: [NodeIndex]
  var clients: [(name: String, nodes: [NodeIndex])]
  var assignments: [TopicPartition: [NodeID]] {
    didSet { partitions = assignments.keys.sorted() }
  }
  /// Those of the assignments, in order.
  private(set) var partitions: [TopicPartition] = []

  init(controller: NodeIndex, brokers: [NodeIndex]) {
    self.controller = controller
    self.brokers = brokers
    clients = []
    assignments = [:]
  }

  /// Brokers are numbered from 1.
  func broker(_ id: NodeID) -> NodeIndex? {
    brokers.indices.contains(Int(id.value) - 1) ? brokers[Int(id.value) - 1] : nil
  }

  func clients(named name: String) -> [NodeIndex] { clients.first { $0.name == name }?.nodes ?? [] }

  func replicas(of partition: TopicPartition) -> [NodeID] { assignments[partition] ?? [] }

  /// Names a broker or the controller.
  func selector(of node: NodeIndex) -> NodeSelector {
    brokers.firstIndex(of: node).map { .broker(NodeID(Int32(clamping: $0 + 1))) } ?? .controller(1)
  }
}
