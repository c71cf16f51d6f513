import Broker
import Controller
import Host
import Sim
import Workloads

extension Observer {
  /// Checks invariants of what nodes show together.
  func watchInvariants(_ checks: InvariantChecks) {
    let cluster = ClusterInvariants(world, view, asksLeaders: checks.asksNodes, isMetadataBroken: { [unowned self] in quorum.isBroken }) { [unowned self] in nodes }
    cluster.hasDamage = { [unowned self] in
      driver?.entries.contains { entry in entry.applied.contains { !world.damages(by: $0.fault).isEmpty } } ?? false
    }
    self.cluster = cluster
    if checks.asksNodes { world.onChecked = { [unowned cluster] node in cluster.look(after: node) } }
  }
}

extension TrialCluster {
  /// Compares the metadata of each node, the state of each coordinator, and what each log knows about producers, with what a new life would read, and what each log keeps about its
  /// batches with what they say.
  func checkReplays() {
    for node in world.nodes {
      var check = InvariantCheck()
      if let controller = world.controller(at: node) {
        controller.checkMetadataReplay(&check)
        controller.checkLogContents(&check)
      }
      if let broker = world.broker(at: node) {
        broker.checkMetadataReplay(&check)
        broker.checkCoordinatorReplay(&check)
        broker.checkProducerReplay(&check)
        broker.checkLogContents(&check)
      }
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
