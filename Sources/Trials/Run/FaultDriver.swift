import Host
import Primitives
import Sim

/// Carries out the schedule of a scenario on a world.
final class FaultDriver {
  /// An entry, how often it was planned, and how often it had something to act upon.
  struct Entry {
    var plan: FaultPlan
    var planned = 1
    var hit = 0
    /// Faults of the world that this entry applied. They count their hits themselves.
    var applied: [FaultID] = []
    /// The nodes that this entry struck last: roles move on meanwhile.
    var struck: [NodeIndex] = []
    /// When it first had something to act upon, and when what it did was last taken back.
    var begun: Instant?
    var ended: Instant?
  }

  let world: World
  let schedule: Schedule
  let nodes: NodeTable
  let view: ClusterViewHolder
  let origin: Instant
  /// Tells the story of what the operator and fate do.
  let tell: (String) -> Void
  /// Carries out what an operator asks the cluster for, and says when the cluster has done it.
  let operate: (AdminAction, _ onDone: @escaping () -> Void) -> Void
  private(set) var entries: [Entry]
  /// Brokers whose log may lack what they acknowledged: since a power loss or a new disk, until they are in sync again.
  private(set) var tainted: Set<NodeID> = []
  /// Those of them that have registered since: until then, the ISR that the controller knows is that of their former life.
  private var registeredAnew: Set<NodeID> = []
  /// Called before a node is killed.
  var willKill: (NodeIndex) -> Void = { _ in }
  /// Called before a node loses what it did not sync, or its whole disk.
  var willDestroy: (_ node: NodeIndex, _ isDiskLost: Bool) -> Void = { _, _ in }
  private var randomDrivers: [RandomFaultDriver] = []

  init(
    plans: [FaultPlan], world: World, schedule: Schedule, nodes: NodeTable, view: ClusterViewHolder, origin: Instant, tell: @escaping (String) -> Void, operate: @escaping (AdminAction, @escaping () -> Void) -> Void
  ) {
    self.world = world
    self.schedule = schedule
    self.nodes = nodes
    self.view = view
    self.origin = origin
    self.tell = tell
    self.operate = operate
    entries = plans.map { Entry(plan: $0) }
  }

  /// Puts the whole schedule on the agenda. `end` is the end of the scenario: nothing begins after it.
  func start(end: Duration) {
    for index in entries.indices { plan(index, end: end) }
  }

  private func plan(_ index: Int, end: Duration) {
    let plan = entries[index].plan
    if case .random(let faults) = plan.action {
      let driver = RandomFaultDriver(faults, entry: index, driver: self, stream: Int64(index))
      randomDrivers.append(driver)
      entries[index].planned = 0
      schedule.when(plan.start) { [unowned self, unowned driver] in
        var stop = origin + end
        if case .time(let time)? = plan.end { stop = min(stop, origin + time) }
        guard world.now < stop else { return }
        entries[index].begun = world.now
        entries[index].ended = stop
        driver.run(until: stop)
      }
      return
    }
    schedule.when(plan.start) { [unowned self] in
      if world.now < origin + end { begin(index, repetition: 1, end: end) }
    }
  }

  private func begin(_ index: Int, repetition: Int, end: Duration) {
    let plan = entries[index].plan
    let isApplied = carryOut(plan.action, entry: index)
    if isApplied {
      schedule.noteCarriedOut(plan.name)
      if entries[index].begun == nil { entries[index].begun = world.now }
      noteEnds(broughtBy: index)
    }
    if case .time(let time)? = plan.end {
      world.at(origin + time) { [unowned self] in undo(index) }
    }
    guard let every = plan.every, repetition < plan.times ?? .max, world.now + every < origin + end else { return }
    entries[index].planned += 1
    world.after(every) { [unowned self] in begin(index, repetition: repetition + 1, end: end) }
  }

  /// Takes back what an entry did and what lasts: lifts faults, resumes and starts nodes.
  private func undo(_ index: Int) {
    for fault in entries[index].applied { world.lift(fault) }
    switch entries[index].plan.action {
    case .kill, .shutdown, .replaceDisk, .powerLoss: start(entries[index].struck)
    case .pause: for node in entries[index].struck { world.resume(node) }
    case .slowProcessor: for node in entries[index].struck { world.slowProcessor(node, percent: 100) }
    default: break
    }
    entries[index].ended = world.now
    tell("\(entries[index].plan.name) ends")
  }

  /// Other entries may take back what an entry did: a restart ends a kill, a heal ends a partition.
  private func noteEnds(broughtBy index: Int) {
    for other in entries.indices where other != index && entries[other].begun != nil && entries[other].ended == nil {
      let isEnded =
        switch (entries[index].plan.action, entries[other].plan.action) {
        case (.restart, .kill), (.restart, .shutdown), (.restart, .powerLoss), (.restart, .replaceDisk), (.resume, .pause):
          entries[other].struck.contains { entries[index].struck.contains($0) }
        case (.heal, .isolate), (.heal, .partition), (.heal, .cut), (.heal, .slow), (.heal, .clog): true
        case (.release(let name), .message(let fault)): fault.verb == .hold && (name == nil || name == entries[other].plan.name)
        default: false
        }
      if isEnded { entries[other].ended = world.now }
    }
  }

  func kill(_ node: NodeIndex) {
    willKill(node)
    world.kill(node)
  }

  func start(_ nodes: [NodeIndex]) { for node in nodes where !world.isRunning(node) { world.start(node) } }

  // MARK: Lost data

  func taint(_ broker: NodeID) {
    tainted.insert(broker)
    registeredAnew.remove(broker)
  }

  func noteRegistration(of broker: NodeID) {
    if tainted.contains(broker) { registeredAnew.insert(broker) }
  }

  /// A broker that is in every ISR that it belongs to, in its new life, holds everything acknowledged again.
  func noteInSync(_ members: [NodeID]) {
    for broker in members where registeredAnew.contains(broker) {
      let isInSync = nodes.partitions.allSatisfy { partition in
        // Of a topic that was deleted nothing has to be in sync.
        !nodes.replicas(of: partition).contains(broker) || view.cluster.partitions[partition]?.isr.contains(broker) ?? true
      }
      guard isInSync else { continue }
      tainted.remove(broker)
      registeredAnew.remove(broker)
    }
  }

  // MARK: Counting

  func hit(_ index: Int, _ isHit: Bool = true) {
    if isHit { entries[index].hit += 1 }
  }

  func note(_ nodes: [NodeIndex], struckBy index: Int) { entries[index].struck = nodes }

  func note(_ fault: FaultID, of index: Int) { entries[index].applied.append(fault) }

  func countPlanned(_ index: Int) { entries[index].planned += 1 }

  /// Entries with their counts, the faults of the world included.
  var counts: [(name: String, planned: Int, hit: Int)] {
    entries.map { entry in
      let touched = entry.applied.filter { world.faults[$0].hits > 0 }.count
      return (entry.plan.name, entry.planned, entry.hit + (isCountedByWorld(entry.plan.action) ? touched : 0))
    }
  }

  /// Entries that disturb, with the time in which they did. Those that only take back what others did are not among them.
  var spans: [(name: String, from: Instant, to: Instant?, hit: Int)] {
    zip(entries, counts).compactMap { entry, count in
      switch entry.plan.action {
      case .restart, .resume, .heal, .release: return nil
      default: return entry.begun.map { (entry.plan.name, $0, entry.ended, count.hit) }
      }
    }
  }

  /// How many messages were held.
  var heldMessages: Int {
    var held = 0
    for entry in entries {
      guard case .message(let fault) = entry.plan.action, fault.verb == .hold else { continue }
      held += entry.applied.reduce(0) { $0 + world.faults[$1].hits }
    }
    return held
  }

  /// Whether an action counts as hit only when something ran into it.
  private func isCountedByWorld(_ action: FaultAction) -> Bool {
    switch action {
    case .message, .disk, .isolate, .partition, .cut, .slow, .clog, .reset: true
    default: false
    }
  }

  // MARK: Nodes

  /// The nodes that a selector means at this moment.
  func nodes(_ selector: NodeSelector) -> [NodeIndex] {
    switch selector {
    case .broker(let id): return nodes.broker(id).map { [$0] } ?? []
    case .controller(let number): return nodes.controllers.indices.contains(number - 1) ? [nodes.controllers[number - 1]] : []
    case .activeController: return [nodes.activeController(in: view.cluster, world)]
    case .leader(let partition): return nodes.broker(view.cluster[partition].leader).map { [$0] } ?? []
    case .followers(let partition):
      let leader = view.cluster[partition].leader
      return nodes.replicas(of: partition).filter { $0 != leader }.compactMap(nodes.broker)
    case .client(let name): return nodes.clients(named: name)
    case .any:
      var random = anyRandom
      defer { anyRandom = random }
      return [random.pick(nodes.brokers)]
    case .all: return nodes.brokers
    }
  }

  func nodes(_ selectors: [NodeSelector]) -> [NodeIndex] { selectors.flatMap(nodes) }

  private lazy var anyRandom = RandomStream(seed: world.seed, purpose: "any node")
}
