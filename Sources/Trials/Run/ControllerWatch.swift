import Controller
import Measurement
import Primitives
import Raft
import Sim
import Workloads

/// `active-controller`: where a majority of the controllers runs and reaches each other, one of them is active within a bound; and it stays the active one as long as nothing
/// happens to any node or link.
///
/// Looked at every quarter of a second. A look that finds an active controller, or no such majority, ends the wait: faults of the network, of a disk and of the
/// processes excuse the controllers that could elect one. Without this watch a quorum that holds elections for ever would pass in every trial in which nothing
/// needs a controller.
final class ControllerWatch {
  private let cluster: TrialCluster
  private let origin: Instant
  private let bound: Duration
  /// The voter sets that controllers have, and the groups of controllers that could elect a leader with any of them.
  private var sets: [VoterSet] = []
  private var keys: [ReplicaKey] = []
  private var majorities: [[NodeIndex]] = []
  private var since: Instant?
  private var findings = Findings()
  private var isTold = false

  init(_ ready: ReadyCluster) {
    cluster = ready.cluster
    origin = ready.origin
    bound = cluster.scenario.settings.electionBound
    cluster.observer.onControllerElected = { [weak self] in self?.judge(electionOf: $0, in: $1) }
  }

  /// An election that nothing has caused.
  private func judge(electionOf controller: NodeIndex, in epoch: LeaderEpoch) {
    let now = cluster.world.now
    guard now - origin > bound, cluster.observer.disturbances.areOver(for: bound, at: now) else { return }
    let evidence = "\(cluster.world.name(of: controller)) was elected in epoch \(epoch), and nothing had happened to any node or link for \(fixed(bound.seconds, places: 0)) s"
    findings.add(evidence)
    cluster.observer.tell("trial", evidence, .finding)
  }

  func look() {
    guard cluster.nodes.controllers.count > 1 else { return }
    findings.examined += 1
    updateMajorities()
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
    let controllers = cluster.nodes.controllers.compactMap(controller)
    return controllers.contains { active in
      guard active.isActive else { return false }
      let voters = active.voters
      return controllers.count { $0.quorumLeader == active.replicaKey.id && voters.contains($0.replicaKey) } * 2 > voters.count
    }
  }

  private func controller(_ node: NodeIndex) -> ControllerNode? { cluster.world.controller(at: node) }

  /// While a change of the voters is under way controllers have different sets (KIP-853), and nobody says which of them will count: only whoever has a majority of
  /// all of them can certainly go on.
  private func updateMajorities() {
    let controllers = cluster.nodes.controllers
    var present: [VoterSet] = []
    for node in controllers {
      if let voters = controller(node)?.voters, !voters.isEmpty, !present.contains(voters) { present.append(voters) }
    }
    let keys = controllers.map { controller($0)?.replicaKey ?? ReplicaKey(id: cluster.world.id(of: $0), directory: nil) }
    guard present != sets || keys != self.keys else { return }
    sets = present
    self.keys = keys
    var groups: [[Int]] = []
    for size in 1...controllers.count where !sets.isEmpty {
      for group in Array(controllers.indices).subsets(ofSize: size) where hasMajorities(group) && !groups.contains(where: { $0.allSatisfy(group.contains) }) {
        groups.append(group)
      }
    }
    majorities = groups.map { $0.map { controllers[$0] } }
  }

  private func hasMajorities(_ group: [Int]) -> Bool {
    sets.allSatisfy { set in group.count { set.contains(keys[$0]) } >= set.majority }
  }

  private func canWorkTogether(_ controllers: [NodeIndex]) -> Bool {
    let world = cluster.world
    return controllers.allSatisfy { one in !world.hasDiskFault(one) && !world.hasSlowFlushes(one) && controllers.allSatisfy { world.areConnected(one, $0) } }
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
