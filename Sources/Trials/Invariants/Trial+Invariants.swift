import Broker
import Host
import Sim
import Workloads

extension Observer {
  /// Makes the world check invariants, and reports what is broken.
  func watchInvariants() {
    let cluster = ClusterInvariants(world, view) { [unowned self] in nodes }
    self.cluster = cluster
    world.onChecked = { cluster.look(after: $0) }
    world.onBrokenInvariant = { [unowned self] node, words in tell(world.name(of: node), "broken invariant: \(words)", .finding) }
  }
}

extension TrialCluster {
  /// Compares the state of each coordinator, and what each log knows about producers, with what a new life would read.
  func checkCoordinatorStates() {
    for node in world.nodes {
      guard let broker = world.broker(at: node) else { continue }
      var check = InvariantCheck()
      broker.checkCoordinatorReplay(&check)
      broker.checkProducerReplay(&check)
      if check.examined > 0 { world.addFindings(of: check, at: node) }
    }
  }

  /// The verdict on invariants; nil if there is nothing to report.
  var invariantVerdict: Verdict? {
    let findings = world.invariants
    guard checks == .told || !findings.broken.isEmpty else { return nil }
    return Verdict(.invariants, examined: findings.examined, cases: findings.broken.map { "\(world.name(of: $0.node)): \($0.words)" })
  }
}
