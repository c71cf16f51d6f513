import Host
import Primitives
import Sim
import Wire
import Workloads

/// Carries out the schedule of a scenario on a world: it knows when each entry comes, how often it took effect, and when its effect is over.
/// What an entry does is up to its deed.
final class FaultDriver {
  let world: World
  let schedule: Schedule
  let nodes: NodeTable
  let view: ClusterViewHolder
  let origin: Instant
  /// Reports the operator's actions and faults in the story.
  let tell: (String) -> Void
  /// Carries out an operator's request to the cluster, and reports when the cluster has done it.
  let operate: (OperatorRequest, _ onDone: @escaping () -> Void) -> Void
  /// The entries of the file, in its order, followed by those drawn at random.
  private(set) var entries: [FaultEntry]
  var tainted = TaintedBrokers()
  /// Called before a node is killed.
  var willKill: (NodeIndex) -> Void = { _ in }
  /// Hears of everything that entries do, for whoever looks for causes.
  var onDeed: ((DeedNotice) -> Void)?
  /// What is being done or taken back.
  private var deedAtWork: (any Deed)?
  private var takesBack = false
  /// Called before a node loses what it did not sync, or its whole disk.
  var willDestroy: (_ node: NodeIndex, _ isDiskLost: Bool) -> Void = { _, _ in }
  private var chances: [ChanceDriver] = []
  /// The number of faults drawn by entries of a name.
  private var drawn: [String: Int] = [:]
  /// The number of entries in the file.
  private let planCount: Int
  private var anyRandom: RandomStream
  /// The end of the scenario: nothing starts after it.
  private var end = Instant.zero

  init(
    plans: [FaultPlan], world: World, schedule: Schedule, nodes: NodeTable, view: ClusterViewHolder, origin: Instant, tell: @escaping (String) -> Void,
    operate: @escaping (OperatorRequest, @escaping () -> Void) -> Void
  ) {
    self.world = world
    self.schedule = schedule
    self.nodes = nodes
    self.view = view
    self.origin = origin
    self.tell = tell
    self.operate = operate
    entries = plans.map { FaultEntry(plan: $0) }
    planCount = plans.count
    anyRandom = RandomStream(seed: world.seed, purpose: "any node")
  }

  /// Whether the schedule contains any change to wall clocks.
  var hasMovedClocks: Bool {
    entries.contains { if case .deed(let deed) = $0.plan.action { deed is ClockDeed } else { false } }
  }

  /// Adds the whole schedule to the agenda, up to the end of the scenario.
  func start(end: Duration) {
    self.end = origin + end
    for index in entries.indices {
      let plan = entries[index].plan
      switch plan.action {
      case .deed(let deed):
        schedule.when(plan.start) { [unowned self] in
          if world.now < self.end { begin(index, deed, repetition: 1) }
        }
      case .chance(let chance): draw(chance, for: index)
      }
    }
  }

  // MARK: Random faults

  private func draw(_ chance: Chance, for index: Int) {
    let driver = ChanceDriver(chance, entry: index, driver: self)
    chances.append(driver)
    entries[index].planned = 0
    schedule.when(entries[index].plan.start) { [unowned self, unowned driver] in
      let plan = entries[index].plan
      guard !tellIfTooLate(plan) else { return }
      let stop = min(end, plan.end(begunAt: world.now, origin: origin) ?? end)
      guard world.now < stop else { return }
      entries[index].begun = world.now
      entries[index].ended = stop
      driver.run(until: stop)
    }
  }

  /// Carries out a drawn deed immediately, as if the file had it for this moment.
  ///
  /// - Parameter onMessage: called with sender and receiver when a rule of the deed acts on a message.
  func strike(_ deed: any Deed, lasting length: Duration?, drawnBy index: Int, onMessage: ((NodeIndex, NodeIndex) -> Void)? = nil) {
    entries[index].planned += 1
    entries[index].hit += 1
    let plan = entries[index].plan.drawn(deed, named: nameOfNextDrawn(by: index), at: world.now - origin, lasting: length)
    entries.append(FaultEntry(plan: plan, drawnBy: index, onMessage: onMessage))
    begin(entries.count - 1, deed, repetition: 1)
  }

  /// The kinds of messages that some node got so far.
  var knownKinds: [(api: ApiKey, kind: MessageKind)] {
    ApiKey.all.flatMap { api -> [(api: ApiKey, kind: MessageKind)] in
      let isAsked = world.statistics.requests(ofApi: api.rawValue) > 0, isAnswered = world.statistics.responses(ofApi: api.rawValue) > 0
      return (isAsked ? [(api, .request)] : []) + (isAnswered ? [(api, .response)] : [])
    }
  }

  /// The name of the entry that draws, with the number of the fault. Entries with the same name share the count.
  private func nameOfNextDrawn(by index: Int) -> String {
    let name = entries[index].plan.name
    var number = drawn[name, default: 0] + 1
    while entries[..<planCount].contains(where: { $0.plan.name == "\(name)-\(number)" }) { number += 1 }
    drawn[name] = number
    return "\(name)-\(number)"
  }

  // MARK: Entries

  private func begin(_ index: Int, _ planned: any Deed, repetition: Int) {
    let plan = entries[index].plan
    guard !tellIfTooLate(plan) else { return }
    let stage = EntryStage(driver: self, entry: index)
    let (deed, isPicked) = withPickedNodes(planned)
    deedAtWork = deed
    let isCarriedOut = deed.carryOut(on: stage)
    deedAtWork = nil
    let back = plan.end(begunAt: world.now, origin: origin)
    if isPicked {
      let length = plan.length == nil ? nil : back.map { $0 - world.now }
      entries[index].picks.append(FaultEntry.Pick(deed: deed, isCarriedOut: isCarriedOut, length: length))
    }
    if isCarriedOut {
      schedule.markCarriedOut(plan.name)
      if entries[index].begun == nil { entries[index].begun = world.now }
      entries[index].ended = nil
      markUndone(by: deed, index, stage)
    }
    if let back {
      world.at(back) { [unowned self] in takeBack(index, deed) }
    }
    guard let every = plan.every, repetition < plan.times ?? .max, world.now + every < plan.stop(from: origin, atLatest: end) else { return }
    entries[index].planned += 1
    world.after(every) { [unowned self] in begin(index, planned, repetition: repetition + 1) }
  }

  /// Reports if an entry would end before it begins: then it does not happen.
  private func tellIfTooLate(_ plan: FaultPlan) -> Bool {
    guard let end = plan.end, world.now >= origin + end else { return false }
    tell("\(plan.name) does not happen: it would begin now, and end at \(end.words) of the scenario; for: 5s would say how long it lasts")
    return true
  }

  /// The deed with a broker or a voter in each place where chance is to pick one, and whether there was such a place.
  private func withPickedNodes(_ deed: any Deed) -> (deed: any Deed, isPicked: Bool) {
    var isPicked = false
    let picked = deed.mapNodes { selector in
      let candidates: [NodeIndex]
      switch selector {
      case .any: candidates = nodes.brokers
      case .anyVoter: candidates = nodes.voters(in: view.cluster, world)
      default: return selector
      }
      isPicked = true
      return nodes.selector(of: anyRandom.pick(candidates))
    }
    return (picked, isPicked)
  }

  /// Undoes the lasting effects of an entry: lifts faults, resumes and starts nodes.
  private func takeBack(_ index: Int, _ deed: any Deed) {
    (deedAtWork, takesBack) = (deed, true)
    deed.takeBack(on: EntryStage(driver: self, entry: index))
    (deedAtWork, takesBack) = (nil, false)
    entries[index].struck = []
    entries[index].ended = world.now
  }

  /// Marks entries whose effect this deed undoes: a restart ends a kill, a heal ends a partition.
  private func markUndone(by deed: any Deed, _ index: Int, _ stage: any Stage) {
    guard deed.isRemedy else { return }
    for other in entries.indices where other != index && entries[other].begun != nil && entries[other].ended == nil {
      if deed.ends(entries[other], on: stage) { entries[other].ended = world.now }
    }
  }

  /// The key of the random streams of an entry's faults. A drawn entry has a unique name.
  func key(of index: Int) -> String {
    let entry = entries[index]
    return entry.plan.key ?? (entry.drawnBy == nil ? "\(index) \(entry.plan.name)" : entry.plan.name)
  }

  /// Ends the message rules of entries with these names, or of all entries. Returns the number of messages they held.
  func release(_ names: [String]?) -> Int {
    var held = 0
    for entry in entries where names?.contains(entry.plan.name) ?? true {
      for applied in entry.applied where entry.plan.deed is MessageDeed {
        held += world.messagesHeld(by: applied.fault)
        world.release(applied.fault)
      }
    }
    return held
  }

  /// Reports what an entry does in the story.
  func tell(_ words: String, of index: Int) {
    tell(words)
    guard let onDeed else { return }
    var named: [NodeIndex] = []
    _ = deedAtWork?.mapNodes { selector in
      named += nodes(selector)
      return selector
    }
    onDeed(DeedNotice(entry: index, words: words, nodes: named, isRemedy: takesBack || deedAtWork?.isRemedy == true, api: (deedAtWork as? MessageDeed)?.api))
  }

  // MARK: Counts

  func countHit(of index: Int) { entries[index].hit += 1 }

  func addStruck(_ nodes: [NodeIndex], by index: Int) { entries[index].struck += nodes.filter { !entries[index].struck.contains($0) } }

  func addFault(_ fault: FaultID, of index: Int, end: String? = nil) { entries[index].applied.append(FaultEntry.AppliedFault(fault: fault, end: end)) }

  /// The entries of the file with their counts, including those of the world's faults.
  var counts: [(name: String, planned: Int, hit: Int)] {
    entries[..<planCount].map { entry in (entry.plan.name, entry.planned, entry.hit + entry.applied.count { world.faults[$0.fault].hits > 0 }) }
  }

  /// Entries of the file that disturb, with the time in which they did; in the place of one that draws by chance, each fault that it drew, under its name. Those that only take
  /// back what others did are not among them.
  var spans: [(name: String, from: Instant, to: Instant?, hit: Int)] {
    zip(entries.indices, counts).flatMap { index, count -> [(name: String, from: Instant, to: Instant?, hit: Int)] in
      let entry = entries[index]
      guard let deed = entry.plan.deed else { return entries.filter { $0.drawnBy == index }.compactMap { span(ofDrawn: $0, named: count.name) } }
      if deed.isRemedy { return [] }
      return entry.begun.map { [(count.name, $0, entry.ended, count.hit)] } ?? []
    }
  }

  /// What nothing takes back is over at once.
  private func span(ofDrawn entry: FaultEntry, named name: String) -> (name: String, from: Instant, to: Instant?, hit: Int)? {
    entry.begun.map { (name, $0, entry.plan.isTakenBack ? entry.ended : $0, 1) }
  }

  /// How many messages were held.
  var heldMessages: Int {
    entries.reduce(0) { held, entry in
      (entry.plan.deed as? MessageDeed)?.holds == true ? entry.applied.reduce(held) { $0 + world.faults[$1.fault].hits } : held
    }
  }

  // MARK: Nodes

  /// nil while no controller leads.
  var knownReplicas: KnownReplicas? { KnownReplicas(of: nodes, in: view.cluster, world) }

  /// nil while the controller that was elected last does not run.
  var operatedTopics: OperatedTopics? { OperatedTopics(nodes, in: view.cluster, world) }

  /// The nodes that a selector denotes now.
  func nodes(_ selector: NodeSelector) -> [NodeIndex] {
    switch selector {
    case .broker(let id): nodes.broker(id).map { [$0] } ?? []
    case .controller(let number): nodes.controllers.indices.contains(number - 1) ? [nodes.controllers[number - 1]] : []
    case .activeController: [nodes.activeController(in: view.cluster, world)]
    case .standbyController(let number): nodes.standbyControllers(number, in: view.cluster, world)
    case .observer(let number): nodes.observers(number, in: view.cluster, world)
    case .leader(let partition): nodes.broker(view.cluster[partition].leader).map { [$0] } ?? []
    case .followers(let partition):
      nodes.replicas(of: partition).filter { [leader = view.cluster[partition].leader] in $0 != leader }.compactMap(nodes.broker)
    case .client(let name): nodes.clients(named: name)
    case .coordinator(let group): brokers((group.map { [$0] } ?? nodes.groups.map(\.name)).map(view.cluster.coordinator(ofGroup:)))
    case .coordinatorOfTransaction(let id): brokers((id.map { [$0] } ?? nodes.transactions).map(view.cluster.coordinator(ofTransaction:)))
    case .instance(let client, let number): Array(nodes.clients(named: client).dropFirst(number - 1).prefix(1))
    case .member(let group, let number):
      number.map { number in Array(nodes.members(ofGroup: group).dropFirst(number - 1).prefix(1)) } ?? nodes.members(ofGroup: group)
    case .owner(let group, let partition): owner(of: partition, in: group).map { [$0] } ?? []
    case .any, .anyVoter: preconditionFailure("a node is picked before a deed is done")
    case .all: nodes.brokers
    }
  }

  /// Each broker once.
  private func brokers(_ ids: [NodeID]) -> [NodeIndex] {
    var found: [NodeIndex] = []
    for id in ids {
      if let node = nodes.broker(id), !found.contains(node) { found.append(node) }
    }
    return found
  }

  /// A member that was cut off may not know yet that another member has its partitions.
  private func owner(of partition: TopicPartition, in group: String) -> NodeIndex? {
    var owner: (node: NodeIndex, generation: Int32)?
    for node in nodes.members(ofGroup: group) {
      guard let member = world.object(of: node) as? any ClientApplication, member.partitions.contains(partition) else { continue }
      let generation = member.standing?.generation ?? -1
      if generation > owner?.generation ?? .min { owner = (node, generation) }
    }
    return owner?.node
  }
}
