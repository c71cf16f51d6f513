import Broker
import Client
import Controller
import Host
import Log
import Primitives
import Replication
import Results
import Sim
import Wire
import Workloads

/// One run of one scenario with one seed, from an empty world to its result.
///
/// A trial has five phases. *Setting up*: controllers and brokers start, topics are created, every ISR is full; the scenario's clock
/// starts then. *The scenario*: workload and schedule run for its duration. *Healing*: every fault is lifted and every node runs
/// again; the cluster must come to rest. *The audit*: a consumer reads every partition from the beginning to the end.
/// *Judgement*: the history and the state of the brokers are checked.
public final class Trial {
  public struct Options {
    public var seed: UInt64
    /// Ends the scenario early, for a look at its first part.
    public var until: Duration?
    /// Ends the process on a call that would make the trial depend on the machine.
    public var guardsDeterminism = true
    /// Whether times of records and readings of stations are kept, for `measurement`. Never changes what happens.
    public var measures = false
    /// Whether invariants of the nodes are checked. Never changes what happens.
    public var invariants = InvariantChecks.usual
    /// Gets a line for every event that a node handles.
    public var onTraceLine: ((String) -> Void)?

    public init(seed: UInt64) { self.seed = seed }
  }

  let scenario: Scenario
  let world: World
  let recorder = HistoryRecorder()
  let observer: Observer
  let checks: InvariantChecks
  var settings: ClusterSettings { scenario.settings }
  /// What the clients of a benchmark see; nil where nobody measures.
  let log: LoadLog?
  /// What the stations had counted at the begin and at the end of the measured window.
  private(set) var readings: (atBegin: [StationReading], atEnd: [StationReading]) = ([], [])
  /// What of the run is measured.
  private(set) var window = Instant.zero..<Instant.zero
  private(set) var nodes: NodeTable! = nil
  private(set) var driver: FaultDriver! = nil
  /// When the scenario's clock started.
  private(set) var origin = Instant.zero
  private lazy var allPartitions = scenario.topics.flatMap { topic in (0..<Int32(topic.partitionCount)).map { TopicPartition(topic.name, $0) } }
  /// While the cluster comes up: which of them was not at rest yet.
  private var busyPartition = 0
  private var operatorNode: NodeIndex! = nil
  var auditNode: NodeIndex! = nil
  /// What each consumer reads.
  private(set) var assignedPartitions: [NodeIndex: Set<TopicPartition>] = [:]
  /// There from the beginning of the scenario on.
  private(set) var availability: AvailabilityMonitor! = nil
  /// What went round in a circle, where something did.
  var livelock: String?
  let duration: Duration
  /// When everything had come to rest after the scenario.
  private(set) var loadEnd = Instant.zero
  private let seed: UInt64
  private var syncedAtDeath: [NodeIndex: [(PartitionNumber, Offset)]] = [:]

  /// Builds the world. Throws a `ScenarioError` where the scenario names a setting that does not exist, or one that contradicts another.
  public init(_ scenario: Scenario, options: Options) throws {
    self.scenario = scenario
    seed = options.seed
    duration = min(scenario.duration, options.until ?? scenario.duration)
    var worldOptions = WorldOptions()
    worldOptions.machine = scenario.cluster.machine
    worldOptions.guardsDeterminism = options.guardsDeterminism
    worldOptions.measures = options.measures
    checks = scenario.settings.followsHistoricRules ? .off : options.invariants
    worldOptions.checksInvariants = checks != .off
    log = options.measures ? LoadLog() : nil
    world = World(seed: options.seed, options: worldOptions)
    observer = Observer(world: world, recorder: recorder)
    observer.log = log
    observer.minimumCopies = settings.minimumCopies
    world.onTraceLine = options.onTraceLine
    if checks != .off { watchInvariants() }
    addNodes()
  }

  private func addNodes() {
    let settings = settings
    let controllers = (1...scenario.cluster.controllers).map { number in
      world.addNode(name: ClusterSettings.controllerName(number), id: ClusterSettings.controllerID(number), port: ClusterSettings.controllerPort) { host in
        settings.makeController(host, number: number)
      }
    }
    let brokers = (1...scenario.cluster.brokers).map { number in
      world.addNode(name: ClusterSettings.brokerName(number), id: NodeID(Int32(number)), port: ClusterSettings.brokerPort) { host in
        settings.makeBroker(host, number: number)
      }
    }
    operatorNode = world.addNode(name: "operator", isClient: true) { [settings] host in
      OperatorApplication(host: host, configuration: settings.adminConfiguration)
    }
    nodes = NodeTable(controllers: controllers, brokers: brokers)
    observer.nodes = nodes
  }

  /// Runs the trial and judges it.
  public func run() -> TrialResult {
    guard setUp() else { return failedSetup() }
    startScenario()
    runScenario()
    let restingProblems = heal()
    loadEnd = world.now
    let audit = livelock == nil ? audit() : nil
    return judge(restingProblems: restingProblems, audit)
  }

  /// What the trial simulated and how, for the terminal.
  public var simulated: Duration { world.now - .zero }
  public var events: UInt64 { world.statistics.events }

  // MARK: Setting up

  private func setUp() -> Bool {
    for node in nodes.controllers + nodes.brokers { world.start(node) }
    world.start(operatorNode)
    let plans = settings.topics
    world.after(.milliseconds(1)) { [unowned self] in operatorApplication?.create(plans) }
    // A leader may learn of its full ISR after the last occurrence: time passing is a reason to look again as well.
    var looked = world.now
    var hasElected = false
    let isReady = world.runUntil(.zero + .seconds(120)) { [unowned self] in
      guard observer.isChanged || world.now - looked >= .milliseconds(100) else { return false }
      looked = world.now
      guard operatorApplication?.hasCreatedAll == true, isClusterAtRest else { return false }
      let others = ledByOthers
      if !hasElected { operatorApplication?.electPreferredLeaders(of: others) }
      hasElected = true
      return others.isEmpty
    }
    guard isReady else { return false }
    origin = world.now
    observer.origin = origin
    nodes.assignments = assignments
    return true
  }

  /// The replicas of each partition, as the controller placed them.
  private var assignments: [TopicPartition: [NodeID]] {
    var assignments: [TopicPartition: [NodeID]] = [:]
    for topic in scenario.topics {
      for number in 0..<Int32(topic.partitionCount) {
        let name = TopicPartition(topic.name, number)
        assignments[name] = partition(name, at: observer.view.cluster[name].leader)?.replicas ?? []
      }
    }
    return assignments
  }

  private var operatorApplication: OperatorApplication? { world.object(of: operatorNode) as? OperatorApplication }

  /// What the schedule asked the operator for and the cluster has not answered, in words.
  var unansweredOrders: [String] { operatorApplication?.unanswered ?? [] }

  /// Every partition of the scenario has a leader that knows it, and a full ISR.
  ///
  /// Asked after most events: it begins with the partition that was not at rest when it was asked last.
  private var isClusterAtRest: Bool {
    observer.clearChange()
    for step in allPartitions.indices {
      let index = (busyPartition + step) % allPartitions.count
      guard isAtRest(allPartitions[index]) else {
        busyPartition = index
        return false
      }
    }
    return true
  }

  /// Partitions that were created before the broker was there that shall lead them. Schedules count on it.
  private var ledByOthers: [TopicPartition] {
    allPartitions.filter { name in
      let leader = observer.view.cluster[name].leader
      return partition(name, at: leader).map { $0.replicas.first != leader } ?? true
    }
  }

  private func isAtRest(_ name: TopicPartition) -> Bool {
    guard let leader = partition(name, at: observer.view.cluster[name].leader), leader.isLeader else { return false }
    return leader.isr.count == leader.replicas.count
  }

  private func failedSetup() -> TrialResult {
    origin = world.now
    observer.origin = origin
    observer.tell("trial", "the cluster did not come up within two minutes", .finding)
    observer.tellFailedStarts()
    return result(RunJudgement(ofFailedSetup: "the cluster did not come up within two minutes"), faults: [])
  }

  // MARK: The scenario

  private func startScenario() {
    for (plan, processes) in zip(scenario.workload, scenario.clientProcesses(within: duration, seed: seed)) {
      let pool = plan.recordPool(seed: seed)
      nodes.clients.append((plan.name, processes.map { addClient($0, pool) }))
    }
    let schedule = Schedule(world: world, origin: origin, view: observer.view)
    observer.schedule = schedule
    observer.nodes = nodes
    driver = FaultDriver(
      plans: scenario.faults, world: world, schedule: schedule, nodes: nodes, view: observer.view, origin: origin,
      tell: { [unowned self] in observer.tell("fate", $0, .fault) },
      operate: { [unowned self] action, onDone in operatorApplication?.carryOut(action, onDone: onDone) })
    driver.willKill = { [unowned self] in noteKill(of: $0) }
    driver.willDestroy = { [unowned self] node, isDiskLost in noteDestruction(at: node, isDiskLost: isDiskLost) }
    observer.driver = driver
    for warning in scenario.warnings { observer.tell("trial", warning, .event) }
    availability = AvailabilityMonitor(of: self)
    observer.tell("trial", "the cluster is up; the scenario begins", .event)
    driver.start(end: duration)
  }

  /// Runs the scenario to the end of its duration, and reads the stations at the ends of the measured window.
  private func runScenario() {
    let end = origin + duration
    runLooking(until: min(origin + scenario.warmup, end))
    readings.atBegin = world.stations
    // Where all records are measured, until the last of them is answered.
    var busy = log != nil && scenario.measuresAllRecords ? nodes.clients.flatMap { $0.1 } : []
    if busy.isEmpty { runLooking(until: end) } else { runLooking(until: end) { hasSentAll(&busy) } }
    readings.atEnd = world.stations
    window = scenario.window(from: origin, until: duration, answered: world.now)
    runLooking(until: end)
  }

  /// Whether every client has sent its records and been answered. Asked after every event: whoever was done once is not asked again.
  private func hasSentAll(_ busy: inout [NodeIndex]) -> Bool {
    while let node = busy.last {
      if let application = world.object(of: node) as? any ClientApplication, !application.isDone { return false }
      busy.removeLast()
    }
    return true
  }

  /// How often somebody looks whether clients wait in vain, or time stands still.
  static let lookInterval = Duration.milliseconds(250)

  /// Runs to an instant, or until a condition holds, with a look at the cluster now and then. Ends early where something goes round in a circle.
  private func runLooking(until end: Instant, _ condition: () -> Bool = { false }) {
    guard livelock == nil else { return }
    // Once in any case: what is due now happens.
    repeat {
      if run(until: min(end, world.now + Self.lookInterval), condition) { return }
      availability.look()
    } while world.now < end && livelock == nil
  }

  /// - Parameter pool: what all processes of the entry send.
  private func addClient(_ process: ClientProcess, _ pool: RecordPool?) -> NodeIndex {
    let node = world.addNode(name: process.name, isClient: true) { [origin, recorder, log] host in
      process.application(in: ClientSurroundings(host: host, origin: origin, pool: pool, recorder: recorder, log: log))
    }
    if process.plan.reads { assignedPartitions[node] = Set(process.partitions) }
    world.start(node)
    return node
  }

  /// Remembers what of a node's logs is synced before it is killed: its page cache outlives it, but not a later power loss.
  private func noteKill(of node: NodeIndex) {
    guard let replicas = replicas(of: node) else { return }
    syncedAtDeath[node] = syncedEnds(of: replicas)
  }

  /// Writes into the contract what a node is about to lose.
  private func noteDestruction(at node: NodeIndex, isDiskLost: Bool) {
    let synced = replicas(of: node).map(syncedEnds) ?? syncedAtDeath[node] ?? []
    for (partition, flushed) in synced {
      observer.contract.noteDestruction(of: partition, at: world.id(of: node), from: isDiskLost ? 0 : flushed)
    }
  }

  /// Up to which offset the logs of replicas are on the platter.
  private func syncedEnds(of replicas: [Partition]) -> [(PartitionNumber, Offset)] {
    replicas.map { (recorder.number(of: $0.topicPartition, topicID: $0.id.topic), $0.log?.flushedOffset ?? 0) }
  }

  private func replicas(of node: NodeIndex) -> [Partition]? { (world.object(of: node) as? BrokerNode)?.replicaManager?.partitions }

  /// A broker's replica of a partition, where the broker runs and has one.
  func partition(_ name: TopicPartition, at broker: NodeID) -> Partition? {
    guard let node = nodes.broker(broker), let broker = world.object(of: node) as? BrokerNode else { return nil }
    return broker.replicaManager?.partition(named: name)
  }

  // MARK: Judgement

  /// Values that were acknowledged and are gone, and those that stand in a log more than once. Empty unless the trial measures.
  private(set) var disturbed = DisturbedValues()

  private func judge(restingProblems: [String], _ audit: Audit?) -> TrialResult {
    let analysis = Analysis(of: recorder.history, deletions: observer.deletions)
    let durability = audit.map { audit in
      let places = placesOfUnacknowledgedOffsets(analysis)
      if log != nil { disturbed = DisturbedValues(analysis, present: audit.present, places: places) }
      return observer.contract.judge(findspots(audit, places))
    }
    let liveness = Verdict(.liveness, examined: scenario.topics.count + scenario.workload.count, cases: (livelock.map { [$0] } ?? []) + restingProblems)
    let judgement = RunJudgement(
      analysis, unreadable: audit?.unreadable ?? [], durability: durability,
      others: [observer.committed.verdict, observer.highWatermarks.verdict, observer.leaders.verdict, liveness, availability.verdict])
    if driver.heldMessages > 0 { observer.see(.messageHeld, times: driver.heldMessages) }
    observer.tellFailedStarts()
    let faults = driver.counts.map { FaultCount(name: $0.name, planned: $0.planned, hit: $0.hit) }
    return result(judgement, faults: faults)
  }

  /// Where values stood that were acknowledged without an offset, as far as anybody was given them.
  private func placesOfUnacknowledgedOffsets(_ analysis: Analysis) -> (RecordValue) -> Offset {
    guard scenario.workload.contains(where: \.sendsUnacknowledged) else { return { _ in .unknown } }
    let places = analysis.places()
    return { places[Int($0.number)] }
  }
}
