import Broker
import Scenarios
import Sim

/// The disks of a trial's brokers and controllers as they are now.
public struct ClusterDisks {
  private let world: World
  private let plan: ClusterPlan
  private let nodes: [NodeIndex]

  /// - Parameter nodes: brokers and controllers, brokers first.
  init(of nodes: [NodeIndex], in world: World, _ plan: ClusterPlan) {
    self.world = world
    self.plan = plan
    self.nodes = nodes
  }

  package var clusterID: String { ClusterSettings.clusterID }
  package var brokerCount: Int { plan.brokers }
  package var controllerCount: Int { plan.controllers }
  package var isCombined: Bool { plan.isCombined }
  package var hasDynamicQuorum: Bool { plan.hasDynamicQuorum }
  /// The settings of all nodes by Kafka's names.
  package var settings: [(name: String, value: String)] { plan.config.map { ($0.name, $0.plainValue) } }

  /// The brokers in the order of their numbers; nil for those that do not run.
  var brokers: [BrokerNode?] { (1...plan.brokers).map { world.broker(at: nodes[$0 - 1]) } }

  /// Visits the disks one after the other.
  ///
  /// - Parameter visit: gets the name of the node, such as `broker-1`.
  package func visit(after remains: DiskRemains, _ visit: (_ node: String, DiskEntry) throws -> Void) rethrows {
    for node in nodes {
      let name = world.name(of: node)
      try visit(name, .directory(path: ""))
      try world.visitDisk(of: node, after: remains) { try visit(name, $0) }
    }
  }
}
