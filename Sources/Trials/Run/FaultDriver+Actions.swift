import Host
import Primitives
import Sim
import Wire

extension FaultDriver {
  /// Does what an entry says, once. Returns whether there was something to do it to.
  func carryOut(_ action: FaultAction, entry: Int) -> Bool {
    switch action {
    case .kill(let selector): return process(selector, entry, "killed", world.isRunning, kill)
    case .restart(let selector): return process(selector, entry, "started", { _ in true }) { world.restart($0) }
    case .pause(let selector): return process(selector, entry, "paused", world.isRunning) { world.pause($0) }
    case .resume(let selector): return process(selector, entry, "resumed", { self.world.status(of: $0) == .paused }) { world.resume($0) }
    case .shutdown(let selector): return process(selector, entry, "asked to shut down", world.isRunning) { world.shutdown($0) }
    case .slowProcessor(let selector, let factor):
      return process(selector, entry, "slowed down \(factor) times", world.isRunning) { world.slowProcessor($0, percent: 100 * factor) }
    case .powerLoss(let selectors): return losePower(nodes(selectors), entry)
    case .replaceDisk(let selector):
      return process(selector, entry, "given an empty disk", { _ in true }) {
        taint($0, isDiskLost: true)
        world.replaceDisk($0)
      }
    case .heal:
      tell("the network heals")
      world.healNetwork()
      hit(entry)
      return true
    case .isolate(let selector):
      let nodes = nodes(selector)
      return network(.isolate(nodes), entry, isPossible: !nodes.isEmpty, "\(names(nodes)) isolated")
    case .partition(let groups):
      let groups = groups.map(nodes)
      return network(.partition(groups), entry, isPossible: groups.allSatisfy { !$0.isEmpty }, "network partitioned: \(groups.map(names).joined(separator: " | "))")
    case .cut(let from, let to): return betweenTwo(from, to, entry, "cut") { .cut(from: $0, to: $1) }
    case .clog(let from, let to): return betweenTwo(from, to, entry, "clogged") { .clog(from: $0, to: $1) }
    case .slow(let from, let to, let latency, let bandwidth):
      return betweenTwo(from, to, entry, "slow") {
        .slow(from: $0, to: $1, latency: latency ?? .zero, jitterMean: .zero, bandwidth: bandwidth)
      }
    case .reset(let from, let to):
      let from = nodes(from), to = nodes(to)
      tell("connections reset between \(names(from)) and \(names(to))")
      note(world.reset(between: from, and: to, name: name(of: entry)), of: entry)
      return !from.isEmpty && !to.isEmpty
    case .message(let fault): return apply(fault, entry)
    case .release(let name): return release(name, entry)
    case .disk(let fault): return apply(fault, entry)
    case .clock(let fault): return apply(fault, entry)
    case .admin(let action):
      tell("the operator asks: \(action.words)")
      // What the cluster refuses was not done to it.
      operate(action) { [unowned self] in hit(entry) }
      return true
    case .random: return false
    }
  }

  private func name(of entry: Int) -> String { "\(entry) \(entries[entry].plan.name)" }

  func names(_ nodes: [NodeIndex]) -> String { nodes.map { world.name(of: $0) }.joined(separator: ", ") }

  private func process(
    _ selector: NodeSelector, _ entry: Int, _ word: String, _ isPossible: (NodeIndex) -> Bool, _ action: (NodeIndex) -> Void
  ) -> Bool {
    let nodes = nodes(selector).filter(isPossible)
    hit(entry, !nodes.isEmpty)
    guard !nodes.isEmpty else {
      tell("\(selector) is not there to be \(word)")
      return false
    }
    tell("\(names(nodes)) \(word)")
    note(nodes, struckBy: entry)
    for node in nodes { action(node) }
    return true
  }

  func losePower(_ nodes: [NodeIndex], _ entry: Int) -> Bool {
    hit(entry, !nodes.isEmpty)
    guard !nodes.isEmpty else { return false }
    tell("power lost at \(names(nodes))")
    note(nodes, struckBy: entry)
    for node in nodes { taint(node, isDiskLost: false) }
    world.powerLoss(nodes)
    return true
  }

  private func taint(_ node: NodeIndex, isDiskLost: Bool) {
    willDestroy(node, isDiskLost)
    if nodes.brokers.contains(node) { taint(world.id(of: node)) }
  }

  private func network(_ fault: NetworkFault, _ entry: Int, isPossible: Bool, _ words: String) -> Bool {
    guard isPossible else { return false }
    tell(words)
    note(world.apply(fault, name: name(of: entry)), of: entry)
    return true
  }

  private func betweenTwo(
    _ from: [NodeSelector], _ to: [NodeSelector], _ entry: Int, _ word: String, _ fault: ([NodeIndex], [NodeIndex]) -> NetworkFault
  ) -> Bool {
    let from = nodes(from), to = nodes(to)
    return network(fault(from, to), entry, isPossible: !from.isEmpty && !to.isEmpty, "\(word): \(names(from)) -> \(names(to))")
  }

  private func apply(_ fault: MessageFault, _ entry: Int) -> Bool {
    let action: MessageRule.Action =
      switch fault.verb {
      case .hold: .hold
      case .drop: .drop
      case .duplicate: .duplicate
      case .delay: .delay(fault.by)
      }
    let from = nodes(fault.from), to = nodes(fault.to)
    guard fault.from.isEmpty == from.isEmpty, fault.to.isEmpty == to.isEmpty else { return false }
    let kind = fault.direction == .request ? "requests" : "responses"
    tell(
      "\(fault.verb.rawValue)s \(fault.api.name) \(kind)\(from.isEmpty ? "" : " from \(names(from))")\(to.isEmpty ? "" : " to \(names(to))")")
    let rule = MessageRule(
      action, fault.direction == .request ? .request : .response, apiKey: fault.api.rawValue, from: from.isEmpty ? nil : from, to: to.isEmpty ? nil : to,
      nth: fault.nth, times: fault.times)
    note(world.apply(rule, name: name(of: entry)), of: entry)
    return true
  }

  private func release(_ name: String?, _ entry: Int) -> Bool {
    var held = 0
    for other in entries where name == nil || other.plan.name == name {
      guard case .message = other.plan.action else { continue }
      for fault in other.applied {
        held += world.messagesHeld(by: fault)
        world.release(fault)
      }
    }
    tell("\(held) held message\(held == 1 ? "" : "s") released")
    hit(entry, held > 0)
    return held > 0
  }

  private func apply(_ fault: DiskFaultPlan, _ entry: Int) -> Bool {
    let kind: DiskFault.Kind =
      switch fault.kind {
      case .full: .full
      case .slow: .slow(.milliseconds(100))
      case .stalled: .stalled
      case .eio: .inputOutputError
      case .eioOnSync: .inputOutputErrorOnSync
      case .rot: .rot(bits: 1)
      case .misdirect: .misdirectedWrite
      case .phantomWrite: .phantomWrite
      }
    let nodes = nodes(fault.node)
    guard !nodes.isEmpty else { return false }
    tell("disk of \(names(nodes)): \(fault.kind.rawValue) in \(fault.files)")
    note(world.apply(DiskFault(kind, files: fault.files), on: nodes, name: name(of: entry)), of: entry)
    return true
  }

  private func apply(_ fault: ClockFault, _ entry: Int) -> Bool {
    let nodes = nodes(fault.node)
    hit(entry, !nodes.isEmpty)
    tell("clock of \(names(nodes)): \(fault.kind.rawValue) by \(fault.by)")
    for node in nodes {
      switch fault.kind {
      case .jump: world.jumpClock(node, by: fault.by)
      case .skew: world.setClockSkew(node, fault.by)
      case .drift: world.setClockDrift(node, partsPerMillion: fault.by.nanoseconds / 1_000)
      }
    }
    return !nodes.isEmpty
  }
}

extension AdminAction {
  var words: String {
    switch self {
    case .electLeader(let partition, let unclean): "\(unclean ? "unclean" : "preferred") election of \(partition)"
    case .reassign(let partition, let replicas?): "replicas of \(partition) to be \(replicas.map(\.description).joined(separator: ", "))"
    case .reassign(let partition, nil): "the reassignment of \(partition) taken back"
    case .alterTopicConfig(let topic, let config): "settings of \(topic): \(config.map { "\($0.name)=\($0.value)" }.joined(separator: ", "))"
    case .createPartitions(let topic, let total): "\(topic) to have \(total) partitions"
    case .deleteRecords(let partition, let before): "records of \(partition) before \(before) deleted"
    case .deleteTopic(let topic): "topic \(topic) deleted"
    case .createTopic(let topic, let partitions, _): "topic \(topic) with \(partitions) partition\(partitions == 1 ? "" : "s")"
    }
  }
}
