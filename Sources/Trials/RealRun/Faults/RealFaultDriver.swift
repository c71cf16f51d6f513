import Host
import Primitives
import Results

/// Carries out the schedule of a scenario on real nodes: it knows when each entry comes, which nodes have a role then, what is under way, and what has to be undone. It never
/// waits: the caller polls it.
///
/// Orders at one node run in order, those at several nodes in parallel. An entry is hit when any part of it succeeded: a command that fails or takes too long counts as having done
/// nothing, and the story reports what it said.
package final class RealFaultDriver {
  private let schedule: RealSchedule
  private unowned let stage: any RealStage
  private let origin: Instant
  /// Nothing starts from here on.
  private let end: Instant
  private let nodes: RealNodeTable
  private(set) var entries: [RealFaultEntry]
  private var agenda: [(at: Instant, action: () -> Void)] = []
  private var waiting = AwaitedInstants()
  private var carriedOut: Set<String> = []
  private var chances: [RealChance] = []
  private var drawn: [String: Int] = [:]
  private let planCount: Int
  private var random: RandomStream
  private var queue = OrderQueue()
  private var requests: [(task: any RunningTask, entry: Int, words: String)] = []
  private var strikes = 0
  private var countedStrikes: Set<Int> = []
  /// Nodes that were killed or shut down, and those that were paused, in the order in which that happened.
  private var down: [RealNode] = []
  private var paused: [RealNode] = []
  private var isHealing = false

  /// Words after which the process of a node does not run.
  private static let downWords = ["kill", "shutdown", "power-loss", "replace-disk"]

  /// - Parameters:
  ///   - brokers: the brokers of the cluster, in ascending order: the scenario counts them from 1.
  ///   - seed: the seed of random choices.
  package init(_ run: RealRun, stage: any RealStage, origin: Instant, brokers: [NodeID]) {
    schedule = run.schedule
    self.stage = stage
    self.origin = origin
    end = origin + run.duration
    nodes = RealNodeTable(brokers: brokers, clients: run.clients.map(\.role), hosts: schedule.hosts, reachesControllers: schedule.reachesControllers)
    entries = schedule.plans.map { RealFaultEntry(plan: $0) }
    planCount = entries.count
    random = RandomStream(seed: run.seed, purpose: "any node")
    for index in entries.indices { plan(index, seed: run.seed) }
  }

  private func plan(_ index: Int, seed: UInt64) {
    let plan = entries[index].plan
    guard !schedule.leavesOut(plan) else {
      stage.tell("'\(plan.name)' is left out: there are no commands for brokers (--deeds)")
      return
    }
    switch plan.action {
    case .deed(let deed): when(plan.start) { [unowned self] in begin(index, deed, repetition: 1) }
    case .chance(let chance):
      entries[index].planned = 0
      when(plan.start) { [unowned self] in
        guard !tellIfTooLate(plan) else { return }
        let stop = min(end, plan.end(begunAt: stage.now, origin: origin) ?? end)
        entries[index].begun = stage.now
        entries[index].ended = stop
        chances.append(RealChance(chance, entry: index, seed: seed, until: stop, now: stage.now))
      }
    }
  }

  // MARK: Time

  private func when(_ moment: Moment, _ action: @escaping () -> Void) {
    switch moment {
    case .time(let time): at(origin + time, action)
    case .instant(let instant, let plus): waiting.add(instant) { [unowned self] in at(stage.now + plus, action) }
    }
  }

  private func at(_ instant: Instant, _ action: @escaping () -> Void) {
    // After those at the same instant.
    let place = agenda.firstIndex { $0.at > instant } ?? agenda.count
    agenda.insert((instant, action), at: place)
  }

  /// Does everything that is due, and handles what has ended.
  package func look() {
    for ended in queue.poll() { take(ended.ending, of: ended.order) }
    pollRequests()
    if !isHealing {
      while let next = agenda.first, next.at <= stage.now {
        agenda.removeFirst()
        if next.at < end { next.action() }
      }
      for action in waiting.take(hasCome) { action() }
      for index in chances.indices { strikeByChance(index) }
    }
    queue.begin { order in stage.begin(order.task) }
  }

  private func hasCome(_ instant: NamedInstant) -> Bool {
    let picture = stage.picture
    switch instant {
    case .election(let partition, let times): return picture.partitions[partition]?.elections ?? 0 >= times
    case .acknowledged(let count): return stage.acknowledged >= count
    case .isr(let partition, let members): return picture.partitions[partition]?.isr == members.compactMap(nodes.broker).sorted()
    case .fenced(let broker, let times): return nodes.broker(broker).map { picture.fencings[$0, default: 0] >= times } == true
    case .unfenced(let broker, let times): return nodes.broker(broker).map { picture.unfencings[$0, default: 0] >= times } == true
    case .highWatermark(let partition, let offset): return picture.ends[partition].map { $0 >= offset } == true
    case .stable(let group): return picture.groups[group]?.state == "Stable"
    case .joined(let group, let members): return picture.groups[group]?.members ?? 0 >= members
    case .committed(let group, let partition, let offset): return picture.groups[group]?.committed[partition].map { $0 >= offset } == true
    case .entry(let name): return carriedOut.contains(name)
    // Refused with the schedule.
    case .leading, .snapshot, .active, .activeController, .quorumEpoch, .voters, .rebalance, .transactionState, .transactionBegun, .transactionCommitted, .transactionAborted: return false
    }
  }

  // MARK: Entries

  private func begin(_ index: Int, _ planned: any Deed, repetition: Int) {
    let plan = entries[index].plan
    guard !tellIfTooLate(plan) else { return }
    let deed = planned.mapNodes { selector in
      switch selector {
      case .any where !nodes.brokers.isEmpty: nodes.selector(of: .server(random.pick(nodes.brokers)))
      case .anyVoter where !stage.picture.controllers.isEmpty: .controller(Int(random.below(Int64(stage.picture.controllers.count))) + 1)
      default: selector
      }
    }
    switch deed.real {
    case .strike(let strike)?: begin(strike, of: index)
    case .ask(let request)?:
      stage.tell("the operator asks: \(request.words)")
      requests.append((stage.ask(RealRequest(request: request)), index, request.words))
    case .heal?: mend(of: index)
    case nil: break
    }
    if let back = plan.end(begunAt: stage.now, origin: origin) {
      at(back) { [unowned self] in takeBack(index) }
    }
    guard let every = plan.every, repetition < plan.times ?? .max, stage.now + every < plan.stop(from: origin, atLatest: end) else { return }
    entries[index].planned += 1
    at(stage.now + every) { [unowned self] in begin(index, planned, repetition: repetition + 1) }
  }

  /// Reports if an entry would end before it begins: then it does not happen.
  private func tellIfTooLate(_ plan: FaultPlan) -> Bool {
    guard let end = plan.end, stage.now >= origin + end else { return false }
    stage.tell("\(plan.name) does not happen: it would begin now, and end at \(end.words) of the scenario; for: 5s would say how long it lasts")
    return true
  }

  private func begin(_ strike: RealStrike, of index: Int) {
    strikes += 1
    var isThere = false
    let named = nodes.resolve(strike.selectors, stage)
    for site in strike.sites {
      let peers = Set(site.peers.flatMap { nodes.resolve($0, besides: named, stage) })
      for node in nodes.resolve(site.nodes, besides: named, stage) where isPossible(strike.word, at: node) {
        isThere = true
        entries[index].ended = nil
        entries[index].addStruck(node, peers: Array(peers), strike)
        order(strike.word, at: node, .strike(index, strike: strikes), peers: peers, strike.arguments)
      }
    }
    let names = strike.sites.flatMap(\.nodes.selectors).map(\.description).joined(separator: ", ")
    if !isThere { stage.tell("\(names.isEmpty ? "nobody" : names) is not there for \(strike.word)") }
  }

  /// A word that would not change the state of a node has nothing to act on.
  private func isPossible(_ word: String, at node: RealNode) -> Bool {
    switch word {
    case "kill", "shutdown", "pause": !down.contains(node)
    case "resume": paused.contains(node)
    default: true
    }
  }

  /// Orders that a word is carried out at a node.
  private func order(
    _ word: String, at node: RealNode, _ purpose: NodeOrder.Purpose, peers: Set<RealNode> = [], _ arguments: [RealStrike.Argument] = [], isBack: Bool = false
  ) {
    let what = isBack ? "the way back from \(word)" : word
    switch node {
    case .client(let client): append(.client(word: word, client), what, at: node, purpose)
    case .server(let id):
      switch schedule.hands {
      // Entries that would need it are left out.
      case .none, .clientsAlone: break
      case .ownProcesses: append(.process(word: word, id), what, at: node, purpose)
      case .commands(let table):
        guard let command = table.command(for: word), let template = isBack ? command.back : command.template else { return }
        let hosts = peers.compactMap { peer in peer == node ? nil : nodes.host(of: peer, stage.picture) }.sorted()
        var values = nodes.values(of: id, stage.picture)
        values["others"] = hosts.joined(separator: " ")
        for argument in arguments { values[argument.name] = argument.value }
        append(template, values, limit: command.limit, what, at: node, purpose)
      }
    }
  }

  private func append(_ template: CommandTemplate, _ values: [String: String], limit: Duration, _ word: String, at node: RealNode?, _ purpose: NodeOrder.Purpose) {
    switch template.filled(with: values) {
    case .failure(let refusal): stage.tell("\(word)\(place(node)) is not carried out: \(refusal.words)")
    case .success(let command): append(.shell(command, limit: limit), word, at: node, purpose)
    }
  }

  private func append(_ task: RealTask, _ word: String, at node: RealNode?, _ purpose: NodeOrder.Purpose) {
    queue.append(NodeOrder(word: word, node: node, purpose: purpose, task: task))
  }

  /// The place, for the story.
  private func place(_ node: RealNode?) -> String { node.map { " at \(nodes.name(of: $0))" } ?? "" }

  /// Runs the healing commands, after everything that is under way.
  private func mend(of index: Int?) {
    strikes += 1
    guard case .commands(let table) = schedule.hands else { return }
    for (number, command) in table.heal.enumerated() {
      let step = NodeOrder.Purpose.heal(entry: index, strike: strikes, step: number)
      guard command.template.isAboutNode else {
        append(command.template, [:], limit: command.limit, "heal", at: nil, step)
        continue
      }
      for id in nodes.servers(stage.picture) { append(command.template, nodes.values(of: id, stage.picture), limit: command.limit, "heal", at: .server(id), step) }
    }
  }

  /// Undoes the lasting effects of an entry. The outcome is reported node by node.
  private func takeBack(_ index: Int) {
    guard entries[index].ended == nil, entries[index].begun != nil || !entries[index].struck.isEmpty else { return }
    entries[index].ended = stage.now
    var isMended = false
    for struck in entries[index].takeStruck() {
      switch struck.remedy {
      case .restart: if down.contains(struck.node) || queue.holds(struck.node) { order("restart", at: struck.node, .remedy) }
      case .resume: order("resume", at: struck.node, .remedy)
      case .back:
        guard case .commands(let table) = schedule.hands, table.command(for: struck.word)?.back == nil else {
          order(struck.word, at: struck.node, .remedy, peers: Set(struck.peers), struck.arguments, isBack: true)
          continue
        }
        if !isMended { mend(of: nil) }
        isMended = true
      case nil: break
      }
    }
  }

  // MARK: Outcomes

  private func take(_ ending: TaskEnding, of order: NodeOrder) {
    stage.tell("\(order.word)\(place(order.node)): \(ending.words)")
    switch order.purpose {
    case .strike(let index, let strike):
      guard ending.isDone else { return }
      countHit(index, strike)
    case .heal(let index?, let strike, _): if ending.isDone { countHit(index, strike) }
    case .heal(nil, _, _), .remedy: break
    }
    guard ending.isDone else { return }
    if case .heal = order.purpose { return markUndone { $0 == .back } }
    guard let node = order.node else { return }
    switch order.word {
    case let word where Self.downWords.contains(word):
      paused.removeAll { $0 == node }
      if !down.contains(node) { down.append(node) }
    case "restart":
      down.removeAll { $0 == node }
      paused.removeAll { $0 == node }
      markUndone(at: node) { $0 == .restart || $0 == .resume }
    case "pause": if !paused.contains(node) { paused.append(node) }
    case "resume":
      paused.removeAll { $0 == node }
      markUndone(at: node) { $0 == .resume }
    default: break
    }
  }

  private func countHit(_ index: Int, _ strike: Int) {
    if entries[index].begun == nil { entries[index].begun = stage.now }
    guard countedStrikes.insert(strike).inserted else { return }
    entries[index].hit += 1
    if let origin = entries[index].drawnBy { entries[origin].hit += 1 }
    carriedOut.insert(entries[index].plan.name)
  }

  /// Marks entries whose effect was undone by another entry.
  private func markUndone(at node: RealNode? = nil, _ isRemedy: (RealStrike.Remedy) -> Bool) {
    for index in entries.indices where entries[index].begun != nil && entries[index].ended == nil {
      let isOver = entries[index].struck.contains { struck in (node == nil || struck.node == node) && struck.remedy.map(isRemedy) == true }
      if isOver { entries[index].ended = stage.now }
    }
  }

  private func pollRequests() {
    requests.removeAll { request in
      guard let ending = request.task.poll() else { return false }
      if ending.isDone {
        strikes += 1
        countHit(request.entry, strikes)
      } else {
        stage.tell("the cluster refuses: \(request.words): \(ending.words)")
      }
      return true
    }
  }

  // MARK: Random faults

  private func strikeByChance(_ index: Int) {
    let now = stage.now
    guard let drawn = chances[index].draw(at: now, nodes, stage, mayTouch: { mayTouch($0, $1, $2) }) else { return }
    let entry = chances[index].entry
    entries[entry].planned += 1
    let name = entries[entry].plan.name
    self.drawn[name, default: 0] += 1
    let plan = entries[entry].plan.drawn(drawn.deed, named: "\(name)-\(self.drawn[name]!)", at: now - origin, lasting: drawn.lasting)
    entries.append(RealFaultEntry(plan: plan, drawnBy: entry))
    begin(entries.count - 1, drawn.deed, repetition: 1)
  }

  private func mayTouch(_ node: RealNode, _ word: Chance.Word, _ chance: RealChance) -> Bool {
    guard !chance.isTroubled(node), !down.contains(node), !paused.contains(node), !queue.holds(node) else { return false }
    guard case .server = node else { return word.strikesClients }
    let areServersWell = !chance.hasTroubledServer && !down.contains(where: \.isServer) && stage.picture.isInSync
    switch chance.chance.keep {
    case .nothing: return true
    case .majority: return areServersWell
    case .oneLegalCopy:
      switch word {
      case .powerLoss, .kill, .shutdown: return areServersWell
      case .pause, .isolate, .partition, .cut, .slow, .reset, .clog, .slowDisk, .clockJump: return true
      }
    }
  }

  // MARK: The end

  /// Starts nothing more: undoes lasting effects, starts and resumes every node, and runs the healing commands.
  package func heal() {
    guard !isHealing else { return }
    isHealing = true
    agenda = []
    waiting.removeAll()
    chances = []
    for request in requests { stage.tell("has no answer yet: \(request.words)") }
    requests = []
    for index in entries.indices where entries[index].ended == nil {
      for struck in entries[index].struck where struck.remedy == .back {
        guard case .commands(let table) = schedule.hands, table.command(for: struck.word)?.back != nil else { continue }
        order(struck.word, at: struck.node, .remedy, peers: Set(struck.peers), struck.arguments, isBack: true)
      }
    }
    // What is still under way may end in the same state.
    let struckDown = down + queue.nodes(of: Self.downWords).filter { !down.contains($0) }
    for node in struckDown where canDo("restart", at: node) { order("restart", at: node, .remedy) }
    let stopped = paused + queue.nodes(of: ["pause"]).filter { !paused.contains($0) }
    for node in stopped where canDo("resume", at: node) { order("resume", at: node, .remedy) }
    mend(of: nil)
  }

  private func canDo(_ word: String, at node: RealNode) -> Bool { node.isServer ? schedule.hands.offer(word) : true }

  /// Whether everything that was started has ended.
  package var isIdle: Bool { queue.isEmpty }

  // MARK: Counts

  package var counts: [FaultCount] { entries[..<planCount].map { FaultCount(name: $0.plan.name, planned: $0.planned, hit: $0.hit) } }

  /// The disturbing entries, with the time in which they were active.
  package var bands: [FaultBand] {
    entries.compactMap { entry in
      guard let begun = entry.begun, entry.plan.deed?.isRemedy != true else { return nil }
      return FaultBand(fault: entry.plan.name, fromSeconds: (begun - origin).seconds, toSeconds: entry.ended.map { ($0 - origin).seconds })
    }
  }
}

extension RealNode {
  var isServer: Bool { if case .server = self { true } else { false } }
}
