import Primitives
import Sim

/// The third phase: every fault is lifted, every node runs again, and the cluster settles.
struct Healing {
  /// How long a healed cluster may take to settle: a session timeout, a lag timeout and a delivery timeout, with room. A client that still gets on is not stuck.
  private static let restBound = Duration.seconds(300)
  /// How long clients may get on at most.
  private static let longestRest = Duration.seconds(3600)
  /// The number of events in healing after which the runner looks for a livelock.
  private static let eventBound: UInt64 = 100_000_000

  private let played: PlayedScenario
  private let cluster: TrialCluster
  private let rest: ClusterRest

  init(of played: PlayedScenario) {
    self.played = played
    cluster = played.cluster
    rest = ClusterRest(of: played)
  }

  func run() -> RestedCluster {
    let problems = cluster.runner.livelock == nil ? heal() : []
    return RestedCluster(played: played, problems: problems, end: cluster.world.now)
  }

  /// Returns what is stuck.
  private func heal() -> [String] {
    let world = cluster.world, runner = cluster.runner
    liftFaults()
    played.groups.markHealed()
    played.transactions.markHealed()
    // Transactions may take longer than everything else.
    let deadline = world.now + max(Self.restBound, cluster.scenario.hasTransactions ? played.transactions.bound + .seconds(60) : .zero)
    let end = world.now + Self.longestRest
    let eventBound = world.statistics.events + Self.eventBound
    var starter = NodeStarter()
    var progress = HealingProgress(), progressLookAt = world.now + HealingProgress.patience
    // Checked in steps: many nodes must be at rest, and no single event brings that about.
    while world.now < max(deadline, min(progress.clientsMovedAt + Self.restBound, end)), runner.livelock == nil {
      // A node that was asked to shut down earlier may end only now.
      for node in world.nodes where !world.isRunning(node) && starter.mayStart(node, at: world.now, cluster.observer.lives) { world.start(node) }
      runner.run(until: world.now + WorldRunner.lookInterval)
      played.availability.look()
      played.controllers.look()
      played.groups.look()
      played.transactions.lookForOverdue()
      if rest.isReached { return [] }
      let hasMoved = progress.update(from: played)
      if hasMoved { progressLookAt = world.now + HealingProgress.patience }
      if world.now >= progressLookAt || world.statistics.events > eventBound {
        let isLong = world.statistics.events > eventBound
        runner.findLivelock(atRate: isLong ? 0 : HealingProgress.rateOfLivelock) { progress.update(from: played) && !isLong }
        progressLookAt = world.now + HealingProgress.patience
      }
    }
    return rest.problems
  }

  private func liftFaults() {
    let world = cluster.world, observer = cluster.observer
    for words in cluster.operatorApplication?.unanswered ?? [] { observer.tell("operator", "has no answer yet: \(words)", .event) }
    observer.tell("trial", "the scenario is over; everything heals", .event)
    world.liftAllFaults()
    observer.timeline?.heal()
    for node in world.nodes {
      world.slowProcessor(node, percent: 100)
      world.setClockDrift(node, partsPerMillion: 0)
      if world.status(of: node) == .paused { world.resume(node) }
    }
  }
}

/// A cluster after healing.
struct RestedCluster {
  let played: PlayedScenario
  /// What is stuck; empty if everything came to rest; also set for a livelock.
  let problems: [String]
  /// When everything had come to rest.
  let end: Instant

  var cluster: TrialCluster { played.cluster }
}

/// Starts nodes that do not run: immediately at first, and after increasing waits if they repeatedly end by themselves.
private struct NodeStarter {
  private var waits: [NodeIndex: (until: Instant, length: Duration)] = [:]

  mutating func mayStart(_ node: NodeIndex, at now: Instant, _ lives: NodeLives) -> Bool {
    guard lives.failure(of: node) != nil else { return true }
    let wait = waits[node] ?? (until: now, length: .milliseconds(250))
    guard now >= wait.until else { return false }
    waits[node] = (until: now + wait.length, length: min(wait.length * 2, .seconds(30)))
    return true
  }
}
