import Primitives
import Sim
import Workloads

extension Trial {
  /// How long a healed cluster may take to come to rest: a session timeout, a lag timeout and a delivery timeout, with room.
  static let restBound = Duration.seconds(300)

  /// Lifts every fault, starts every node, and waits until nothing is left to do. Returns what is stuck.
  func heal() -> [String] {
    guard livelock == nil else { return [] }
    for words in unansweredOrders { observer.tell("operator", "has no answer yet: \(words)", .event) }
    observer.tell("trial", "the scenario is over; everything heals", .event)
    world.liftAllFaults()
    for node in world.nodes {
      world.slowProcessor(node, percent: 100)
      world.setClockDrift(node, partsPerMillion: 0)
      if world.status(of: node) == .paused { world.resume(node) }
    }
    let deadline = world.now + Self.restBound
    let eventBound = world.statistics.events + Self.healingEventBound
    var starter = NodeStarter()
    var progress = Progress(), progressLookAt = world.now + Progress.patience
    // Looked at in steps: rest is a matter of many nodes, and no single event brings it.
    while world.now < deadline, livelock == nil {
      // A node that was asked to shut down before may end only now.
      for node in world.nodes where !world.isRunning(node) && starter.mayStart(node, at: world.now, observer.lives) { world.start(node) }
      run(until: world.now + Self.lookInterval)
      availability.look()
      if problems().isEmpty { return [] }
      let hasMoved = progress.note(self)
      if hasMoved { progressLookAt = world.now + Progress.patience }
      if world.now >= progressLookAt || world.statistics.events > eventBound {
        findLivelock(atRate: world.statistics.events > eventBound ? 0 : Progress.rateOfLivelock)
        progressLookAt = world.now + Progress.patience
      }
    }
    return problems()
  }

  private func problems() -> [String] {
    var problems: [String] = []
    for node in nodes.brokers + nodes.controllers where !world.isRunning(node) {
      problems.append("\(world.name(of: node)) does not run\(observer.lives.failure(of: node).map { ": \($0.reason)" } ?? "")")
    }
    for topic in scenario.topics {
      for partition in observer.view.cluster.partitions(of: topic.name) { problems += restProblems(of: partition) }
    }
    for (plan, (name, processes)) in zip(scenario.workload, nodes.clients) {
      for node in processes {
        guard let application = world.object(of: node) as? any ClientApplication else { continue }
        if !application.isDone { problems.append("\(name) still waits for answers") }
        // With acks=0 nobody hears whether a record has come, and the audit must not come before it.
        if plan.sendsUnacknowledged, world.hasRequestsUnderWay(from: node) { problems.append("what \(name) sent is still under way") }
        if let lag = lag(of: application) { problems.append("\(name) lags: \(lag)") }
      }
    }
    return problems
  }

  private func restProblems(of name: TopicPartition) -> [String] {
    let view = observer.view.cluster[name]
    guard let leader = partition(name, at: view.leader), leader.isLeader else { return ["\(name) has no leader that knows it"] }
    var problems: [String] = []
    if leader.isr.count < leader.replicas.count { problems.append("the ISR of \(name) is \(leader.isr), not all of \(leader.replicas)") }
    if leader.highWatermark != leader.logEndOffset {
      problems.append("the high watermark of \(name) is \(leader.highWatermark), its log ends at \(leader.logEndOffset)")
    }
    if leader.lastStableOffset != leader.highWatermark {
      problems.append("the last stable offset of \(name) is \(leader.lastStableOffset), its high watermark \(leader.highWatermark)")
    }
    return problems
  }

  /// How far a client lags behind in what it reads; nil where it does not.
  private func lag(of application: any ClientApplication) -> String? {
    for name in application.partitions {
      guard observer.view.cluster.contains(name.topic), !application.isStopped else { continue }
      guard let leader = partition(name, at: observer.view.cluster[name].leader) else { continue }
      if let lag = application.lag(of: name, leader) { return lag }
    }
    return nil
  }
}

/// Starts nodes that do not run, at once, and those that end by themselves again and again after longer and longer waits.
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
