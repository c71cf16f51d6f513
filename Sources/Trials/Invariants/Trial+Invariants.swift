import Sim
import Workloads

extension Trial {
  /// Has the world check, and the story tell what is broken.
  func watchInvariants() {
    let cluster = ClusterInvariants(world, observer.view) { [unowned observer] in observer.nodes }
    observer.cluster = cluster
    world.onChecked = { cluster.look(after: $0) }
    world.onBrokenInvariant = { [unowned self] node, words in observer.tell(world.name(of: node), "broken invariant: \(words)", .finding) }
  }

  /// What the looks came to; nil where there is nothing to tell.
  var invariantVerdict: Verdict? {
    let findings = world.invariants
    guard checks == .told || !findings.broken.isEmpty else { return nil }
    return Verdict(.invariants, examined: findings.examined, cases: findings.broken.map { "\(world.name(of: $0.node)): \($0.words)" })
  }
}
