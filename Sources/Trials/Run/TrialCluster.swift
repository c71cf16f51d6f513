import Broker
import Host
import Primitives
import Replication
import Results
import Scenarios
import Sim
import Workloads

/// The cluster of a trial in its world, with its observers. Every phase passes it on to the next.
struct TrialCluster {
  let scenario: Scenario
  /// The duration that is played.
  let duration: Duration
  let world: World
  let recorder: HistoryRecorder
  let observer: Observer
  let checks: InvariantChecks
  /// nil where all of the trial follows from its seed.
  let reseeding: Reseeding?
  /// What the clients of a benchmark see; nil if nothing is measured.
  let log: LoadLog?
  let runner: WorldRunner
  /// Controllers and brokers. Clients are added when the scenario starts.
  let nodes: NodeTable
  let operatorNode: NodeIndex
  /// Whether the result is to hold what people look at.
  let keepsPictures: Bool
  /// Whether it is written down when instants come.
  let recordsInstants: Bool
  /// nil where nobody asked for them.
  let messageLines: MessageLines?
  /// nil where nobody asked for them.
  let onTimelineEvent: ((TimelineEvent) -> Void)?

  /// Builds the world; nothing runs yet.
  init(_ scenario: Scenario, _ options: TrialOptions) {
    self.scenario = scenario
    let settings = scenario.settings
    duration = min(scenario.duration, options.until ?? scenario.duration)
    reseeding = options.reseeding
    checks = settings.followsHistoricRules ? .off : options.invariants
    var worldOptions = WorldOptions()
    worldOptions.machine = scenario.cluster.machine
    worldOptions.guardsDeterminism = options.guardsDeterminism
    worldOptions.measures = options.measures || options.onTimelineEvent != nil
    worldOptions.checksInvariants = checks.asksNodes
    log = options.measures ? LoadLog(room: scenario.roomForRecords) : nil
    recorder = HistoryRecorder()
    recorder.compactedTopics = Set(settings.compactionLags.keys)
    world = World(seed: options.seed, options: worldOptions)
    observer = Observer(world: world, recorder: recorder, tellsDetails: options.tellsDetails)
    messageLines = options.onMessageLine.map { [world, observer] in MessageLines(world, observer, write: $0) }
    onTimelineEvent = options.onTimelineEvent
    if options.recordsCauses { observer.facts = FactLog(of: world) }
    observer.log = log
    observer.minimumCopies = settings.minimumCopies
    world.onTraceLine = options.onTraceLine
    world.onHandling = options.onEvent.map { [unowned observer] tell in { tell($0, observer.origin == .zero ? nil : $0.time - observer.origin) } }
    keepsPictures = options.keepsPictures
    recordsInstants = options.recordsInstants
    if scenario.hasTransactions { observer.transactions = TransactionInvariants() }
    if checks != .off { observer.watchInvariants(checks) }
    observer.cluster?.topicsWithSyncedRecords = settings.topicsWithSyncedRecords
    world.hearsOfStatements = !settings.followsHistoricRules
    world.onBrokenInvariant = { [unowned observer, unowned world] node, words in observer.tell(world.name(of: node), "broken invariant: \(words)", .finding) }
    runner = WorldRunner(world, observer, end: duration, onProgress: options.onProgress)
    nodes = Self.addNodes(of: scenario, to: world)
    operatorNode = world.addNode(name: "operator", isClient: true) { [unowned world, controllers = nodes.controllers] host in
      OperatorApplication(
        host: host, configuration: settings.adminConfiguration,
        controllers: OperatedControllers(
          id: scenario.cluster.controllerID, address: settings.addressOfController,
          directory: { [unowned world] number in world.controller(at: controllers[number - 1])?.replicaKey.directory }))
    }
    observer.nodes = nodes
    observer.view.cluster.begin(withVoters: scenario.cluster.firstVoters.map(scenario.cluster.controllerID))
  }

  /// As they are now.
  var disks: ClusterDisks { ClusterDisks(of: nodes.servers(first: \.brokers), in: world, scenario.cluster) }

  private static func addNodes(of scenario: Scenario, to world: World) -> NodeTable {
    let settings = scenario.settings
    func format(_ node: NodeIndex, _ number: Int) {
      for file in settings.filesOfController(number, seed: world.seed, at: world.wallClock(of: node)) { world.place(file.content, at: file.path, on: node) }
    }
    if scenario.cluster.isCombined {
      let nodes = (1...scenario.cluster.brokers).map { number in
        let node = world.addNode(
          name: ClusterSettings.brokerName(number), id: NodeID(Int32(number)), port: ClusterSettings.brokerPort, furtherPorts: [ClusterSettings.controllerPort]
        ) { host in
          settings.makeCombined(host, number: number)
        }
        format(node, number)
        return node
      }
      return NodeTable(controllers: nodes, brokers: nodes)
    }
    let controllers = (1...scenario.cluster.controllers).map { number in
      let node = world.addNode(name: ClusterSettings.controllerName(number), id: scenario.cluster.controllerID(number), port: ClusterSettings.controllerPort) { host in
        settings.makeController(host, number: number)
      }
      format(node, number)
      return node
    }
    let brokers = (1...scenario.cluster.brokers).map { number in
      world.addNode(name: ClusterSettings.brokerName(number), id: NodeID(Int32(number)), port: ClusterSettings.brokerPort) { host in
        settings.makeBroker(host, number: number)
      }
    }
    return NodeTable(controllers: controllers, brokers: brokers)
  }

  // MARK: Current nodes

  /// nil if it does not run.
  var operatorApplication: OperatorApplication? { world.object(of: operatorNode) as? OperatorApplication }

  /// A client process; nil if it does not run.
  func application(_ node: NodeIndex) -> (any ClientApplication)? { world.object(of: node) as? any ClientApplication }

  /// The replicas of a broker; nil if it does not run.
  func replicas(of node: NodeIndex) -> [Partition]? { world.broker(at: node)?.replicaManager?.partitions }

  func partition(_ name: TopicPartition, at broker: NodeID) -> Partition? {
    nodes.broker(broker).flatMap { world.replica(of: name, at: $0) }
  }

  /// The replica that leads a partition as far as the controller has told; nil where that broker does not run.
  func leader(of name: TopicPartition) -> Partition? { partition(name, at: observer.view.cluster.leader(of: name)) }
}
