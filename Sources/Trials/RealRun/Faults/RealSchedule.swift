import Primitives
import Scenarios

/// The schedule of a scenario for real nodes. Everything in it is possible: anything else was refused before the run.
package struct RealSchedule {
  let plans: [FaultPlan]
  let hands: RealHands
  /// What has to be polled from the cluster.
  package let watch: WatchPlan

  /// Throws a `ScenarioError` with everything that cannot be carried out.
  init(_ scenario: Scenario, _ hands: RealHands) throws {
    plans = scenario.faults
    self.hands = hands
    watch = WatchPlan(of: scenario)
    var mistakes = Mistakes()
    for plan in plans { try mistakes.collect { try Self.check(plan, hands) } }
    try mistakes.settle()
  }

  /// Whether an entry is left out because brokers must not be touched.
  func leavesOut(_ plan: FaultPlan) -> Bool {
    guard case .clientsAlone = hands else { return false }
    switch plan.action {
    case .chance(let chance): return chance.targets.isEmpty || !chance.targets.allSatisfy(\.isOfClients)
    case .deed(let deed):
      switch deed.real {
      case .strike(let strike)?: return strike.sites.contains { $0.nodes == .others } || !strike.selectors.allSatisfy(\.isOfClients)
      case .heal?: return true
      case .ask?, nil: return false
      }
    }
  }

  /// The names by which commands reach nodes.
  var hosts: [NodeID: String] {
    switch hands {
    case .commands(let table): table.hosts
    case .none, .clientsAlone, .ownProcesses: [:]
    }
  }

  /// Whether controllers can be hit although no address is known for them.
  var reachesControllers: Bool { if case .ownProcesses = hands { true } else { false } }

  private static func check(_ plan: FaultPlan, _ hands: RealHands) throws {
    if case .none = hands {
      throw ScenarioError(at: plan.place, "faults need the simulation", remedy: "Leave out --live and --bootstrap, or the faults; trial verify carries out faults on real clusters.")
    }
    if case .instant(let instant, _) = plan.start, let reason = instant.reasonNotToBeKnown {
      throw ScenarioError(
        at: plan.place, "only a broker knows when \(instant) comes: \(reason)", remedy: "Outside of the simulation write at: 5s, or a moment that clients can know, such as acked(100) or election(t-0).")
    }
    switch plan.action {
    case .chance(let chance): try check(chance, of: plan, hands)
    case .deed(let deed):
      if (deed as? OperatorDeed)?.request.isOfVoters == true {
        throw ScenarioError(
          at: plan.place, "the voters of the metadata log are changed in the simulation alone", remedy: "Leave the entry out, and use kafka-metadata-quorum.sh.")
      }
      guard let action = deed.real else {
        throw ScenarioError(
          at: plan.place, "'\(deed.written.first?.key ?? plan.name)' needs the simulation: no proxy between real nodes can distinguish messages", remedy: "Leave the entry out.")
      }
      try check(action, of: plan, hands)
    }
  }

  private static func check(_ action: RealAction, of plan: FaultPlan, _ hands: RealHands) throws {
    switch action {
    case .ask: break
    case .heal:
      switch hands {
      case .none, .clientsAlone: break
      case .ownProcesses: throw missing("heal", of: plan, hands)
      case .commands(let table): if table.heal.isEmpty { throw missing("heal", of: plan, hands) }
      }
    case .strike(let strike):
      if strike.sites.contains(where: { $0.nodes == .others }) || !strike.selectors.allSatisfy(\.isOfClients) { try checkServers(strike.word, strike.remedy, of: plan, hands) }
      if strike.selectors.contains(where: \.isOfClients) { try checkClients(strike.word, of: plan) }
    }
  }

  private static func check(_ chance: Chance, of plan: FaultPlan, _ hands: RealHands) throws {
    var mistakes = Mistakes()
    for weighted in chance.words {
      try mistakes.collect {
        guard case .fault(let drawn) = weighted.choice else {
          throw ScenarioError(
            at: plan.place, "random draws '\(weighted.choice.word)', and what it is about is known in the simulation alone",
            remedy: "Write entries such as { at: 5s, admin: { elect-leader: { partition: t-0 } } }, or leave the word out.")
        }
        let (word, remedy) = drawn.real
        if chance.targets.isEmpty || !chance.targets.allSatisfy(\.isOfClients) { try checkServers(word, remedy, of: plan, hands, isTakenBack: remedy != nil) }
        if drawn.strikesClients, chance.targets.contains(where: \.isOfClients) { try checkClients(word, of: plan) }
      }
    }
    try mistakes.settle()
  }

  private static func checkServers(_ word: String, _ remedy: RealStrike.Remedy?, of plan: FaultPlan, _ hands: RealHands, isTakenBack: Bool = false) throws {
    if case .clientsAlone = hands { return }
    guard hands.offer(word) else { throw missing(word, of: plan, hands) }
    guard isTakenBack || plan.isTakenBack, let remedy, !hands.offer(remedy, for: word) else { return }
    throw missing(remedy == .restart ? "restart" : remedy == .resume ? "resume" : "the way back from \(word)", of: plan, hands)
  }

  private static func checkClients(_ word: String, of plan: FaultPlan) throws {
    guard !RealHands.ofProcesses.contains(word) else { return }
    throw ScenarioError(
      at: plan.place, "'\(word)' cannot be done to client processes outside of the simulation",
      remedy: "They are processes of this run: write \(RealHands.ofProcesses.joined(separator: ", ")).")
  }

  private static func missing(_ word: String, of plan: FaultPlan, _ hands: RealHands) -> ScenarioError {
    switch hands {
    case .commands(let table):
      let isWayBack = word.contains(" ")
      return ScenarioError(
        at: plan.place, "\(table.file) has no command for \(isWayBack ? word : "'\(word)'"), which '\(plan.name)' asks for",
        remedy: isWayBack ? "Add back: beside run: there, or heal: to the file." : "Add \(word): ... to it.")
    case .none, .clientsAlone, .ownProcesses:
      return ScenarioError(
        at: plan.place, "'\(word)' cannot be done to brokers of this machine's own",
        remedy: "There they can be struck by \(RealHands.ofProcesses.joined(separator: ", ")); of a cluster of yours --bootstrap with --deeds does anything that you have a command for.")
    }
  }

  /// Refuses brokers that the cluster does not have.
  package func check(brokerCount: Int) throws {
    var mistakes = Mistakes()
    for plan in plans {
      guard case .strike(let strike)? = plan.deed?.real else { continue }
      for case .broker(let number) in strike.selectors where Int(number.value) > brokerCount {
        try mistakes.add(
          ScenarioError(
            at: plan.place, "there is no broker \(number): the cluster has \(brokerCount)",
            remedy: "Brokers are counted from 1 in the order of their ids; name one by its role, such as leader(t-0), or any."))
      }
    }
    try mistakes.settle()
  }
}

/// What has to be polled from a cluster while a schedule runs.
package struct WatchPlan: Sendable {
  package let topics: [String]
  /// Groups whose coordinators and members matter.
  package private(set) var groups: [String] = []
  /// Groups whose committed offsets matter.
  package private(set) var committed: [String] = []
  /// Partitions whose end offsets matter.
  package private(set) var ends: [TopicPartition] = []
  /// Transactional ids whose coordinators matter.
  package private(set) var transactions: [String] = []

  init(of scenario: Scenario) {
    topics = scenario.topics.map(\.name)
    groups = scenario.groups.map(\.id)
    if scenario.faults.contains(where: \.strikesCoordinatorsOfTransactions) { transactions = scenario.workload.flatMap(\.application.transactionalIDs).withoutRepetitions }
    for plan in scenario.faults {
      guard case .instant(let instant, _) = plan.start else { continue }
      if case .committed(let group, _, _) = instant, !committed.contains(group) { committed.append(group) }
      if case .highWatermark(let partition, _) = instant, !ends.contains(partition) { ends.append(partition) }
    }
  }
}

extension FaultPlan {
  fileprivate var strikesCoordinatorsOfTransactions: Bool {
    var does = false
    func inspect(_ selector: NodeSelector) -> NodeSelector {
      if case .coordinatorOfTransaction = selector { does = true }
      return selector
    }
    switch action {
    case .chance(let chance): chance.targets.forEach { _ = inspect($0) }
    case .deed(let deed): _ = deed.mapNodes(inspect)
    }
    return does
  }
}

extension NamedInstant {
  /// Why it cannot be observed from outside of the brokers; nil if it can.
  fileprivate var reasonNotToBeKnown: String? {
    switch self {
    case .election, .acknowledged, .isr, .fenced, .unfenced, .highWatermark, .stable, .joined, .committed, .entry: nil
    case .active, .activeController, .quorumEpoch: "the elections of controllers are not counted from outside"
    case .voters: "it does not say when a change of the voters is committed"
    case .snapshot: "nodes take snapshots of the metadata by themselves, and tell nobody"
    case .leading: "it does not say when it takes a leadership up"
    case .rebalance: "the generations of a group are its coordinator's affair"
    case .transactionState, .transactionBegun, .transactionCommitted, .transactionAborted: "transactions come and go between two looks"
    }
  }
}

extension Chance.Word {
  /// The word that is carried out, and what undoes it.
  fileprivate var real: (word: String, remedy: RealStrike.Remedy?) {
    switch self {
    case .kill, .shutdown, .powerLoss: (rawValue, .restart)
    case .pause: (rawValue, .resume)
    case .isolate, .partition, .cut, .slow, .clog: (rawValue, .back)
    case .reset: (rawValue, nil)
    case .slowDisk: (DiskDeed.Word.disk.rawValue, .back)
    case .clockJump: (ClockDeed.Word.clock.rawValue, nil)
    }
  }
}
