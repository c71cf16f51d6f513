import Broker
import Host
import Sim
import Workloads

extension Observer {
  /// Has the world check, and tells what is broken.
  func watchInvariants() {
    let cluster = ClusterInvariants(world, view) { [unowned self] in nodes }
    self.cluster = cluster
    world.onChecked = { cluster.look(after: $0) }
    world.onBrokenInvariant = { [unowned self] node, words in tell(world.name(of: node), "broken invariant: \(words)", .finding) }
  }
}

extension TrialCluster {
  /// Has each coordinator, and each log what it knows of producers, compared with what a new life would read.
  func checkCoordinatorStates() {
    for node in world.nodes {
      guard let broker = world.object(of: node) as? BrokerNode else { continue }
      var check = InvariantCheck()
      broker.checkCoordinatorReplay(&check)
      broker.checkProducerReplay(&check)
      if check.examined > 0 { world.note(check, of: node) }
    }
  }

  /// What the looks came to; nil where there is nothing to tell.
  var invariantVerdict: Verdict? {
    let findings = world.invariants
    guard checks == .told || !findings.broken.isEmpty else { return nil }
    return Verdict(.invariants, examined: findings.examined, cases: findings.broken.map { "\(world.name(of: $0.node)): \($0.words)" })
  }
}
