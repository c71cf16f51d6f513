import Controller
import Measurement
import Primitives
import Sim
import Workloads

/// `active-controller`: where a majority of the controllers runs and reaches each other, one of them is active within a bound.
///
/// Looked at every quarter of a second. A look that finds an active controller, or no such majority, ends the wait: faults of the network, of a disk and of the
/// processes excuse the controllers that could elect one. Without this watch a quorum that holds elections for ever would pass in every trial in which nothing
/// needs a controller.
final class ControllerWatch {
  private let cluster: TrialCluster
  private let origin: Instant
  private let bound: Duration
  private let majorities: [[NodeIndex]]
  private var since: Instant?
  private var findings = Findings()
  private var isTold = false

  init(_ ready: ReadyCluster) {
    cluster = ready.cluster
    origin = ready.origin
    bound = cluster.scenario.settings.electionBound
    let controllers = cluster.nodes.controllers
    majorities = controllers.subsets(ofSize: controllers.count / 2 + 1)
  }

  func look() {
    guard cluster.nodes.controllers.count > 1 else { return }
    findings.examined += 1
    guard let majority = majorities.first(where: canWorkTogether), !hasActiveController else {
      since = nil
      isTold = false
      return
    }
    let start = since ?? cluster.world.now
    since = start
    guard !isTold, cluster.world.now - start > bound else { return }
    isTold = true
    let names = majority.map(cluster.world.name(of:)).joined(separator: " and ")
    let evidence =
      "no controller is active since \(fixed((start - origin).seconds, places: 3)), and \(names) run and reach each other; the bound is \(fixed(bound.seconds, places: 0)) s"
    findings.add(evidence)
    cluster.observer.tell("trial", evidence, .finding)
  }

  /// Whether a controller decides and a majority follows it: over slow links and on slow disks as well, but not one that was deposed and does not know it.
  private var hasActiveController: Bool {
    let controllers = cluster.nodes.controllers.compactMap { node in (cluster.world.object(of: node) as? ControllerNode).map { (id: cluster.world.id(of: node), node: $0) } }
    return controllers.contains { active in
      active.node.isActive && controllers.count { $0.node.quorumLeader == active.id } * 2 > cluster.nodes.controllers.count
    }
  }

  private func canWorkTogether(_ controllers: [NodeIndex]) -> Bool {
    let world = cluster.world
    return controllers.allSatisfy { one in !world.hasDiskFault(one) && controllers.allSatisfy { world.areConnected(one, $0) } }
  }

  /// nil where there is one controller.
  var verdict: Verdict? { cluster.nodes.controllers.count > 1 ? findings.verdict(on: .activeController) : nil }
}

extension Array {
  /// All selections of this many elements, in their order. For a handful of elements.
  fileprivate func subsets(ofSize size: Int) -> [[Element]] {
    guard size > 0 else { return [[]] }
    return indices.flatMap { first in Array(self[(first + 1)...]).subsets(ofSize: size - 1).map { [self[first]] + $0 } }
  }
}
