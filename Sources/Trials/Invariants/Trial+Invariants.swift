import Broker
import Controller
import Host
import Sim
import Workloads

extension Observer {
  /// Checks invariants, and reports what is broken.
  func watchInvariants(_ checks: InvariantChecks) {
    world.onBrokenInvariant = { [unowned self] node, words in tell(world.name(of: node), "broken invariant: \(words)", .finding) }
    let cluster = ClusterInvariants(world, view, asksLeaders: checks.asksNodes, isMetadataBroken: { [unowned self] in quorum.isBroken }) { [unowned self] in nodes }
    self.cluster = cluster
    guard checks.asksNodes else { return }
    let metadata = MetadataAgreement(world)
    world.onChecked = { [unowned self] node in
      cluster.look(after: node)
      // Where nodes were given different batches, they have different metadata.
      if !quorum.isBroken { metadata.look(after: node) }
    }
  }
}

extension TrialCluster {
  /// Compares the metadata of each node, the state of each coordinator, and what each log knows about producers, with what a new life would read.
  func checkReplays() {
    for node in world.nodes {
      var check = InvariantCheck()
      if let controller = world.controller(at: node) { controller.checkMetadataReplay(&check) }
      if let broker = world.broker(at: node) {
        broker.checkMetadataReplay(&check)
        broker.checkCoordinatorReplay(&check)
        broker.checkProducerReplay(&check)
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
