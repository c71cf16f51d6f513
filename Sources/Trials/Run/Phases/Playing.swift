import Primitives
import Sim
import Workloads

/// The second phase: workload and schedule run for the duration of the scenario.
struct Playing {
  private let ready: ReadyCluster
  private let cluster: TrialCluster
  /// The nodes including the clients, which run.
  private let nodes: NodeTable
  private let driver: FaultDriver
  private let availability: AvailabilityMonitor
  private let controllers: ControllerWatch
  private let groups: GroupWatch
  private let transactions: TransactionWatch
  /// nil where nobody asked for it.
  private let instants: InstantRecorder?

  /// Starts the clients, and prepares the schedule.
  init(on ready: ReadyCluster) {
    self.ready = ready
    let cluster = ready.cluster, scenario = cluster.scenario, world = cluster.world, observer = cluster.observer
    self.cluster = cluster
    var nodes = ready.nodes
    let processes = scenario.clientProcesses(within: cluster.duration, seed: world.seed)
    for (plan, processes) in zip(scenario.workload, processes) {
      let pool = plan.recordPool(seed: world.seed)
      let started = processes.map { Self.start($0, pool, on: ready) }
      nodes.clients.append((plan.name, started))
      if let group = plan.application.group { nodes.add(started, toGroup: group) }
      nodes.add(transactionalIDs: plan.application.transactionalIDs, of: started, writingTo: plan.outputs)
    }
    self.nodes = nodes
    let schedule = Schedule(
      world: world, origin: ready.origin, view: observer.view, controllerIDs: ready.cluster.nodes.controllers.map { world.id(of: $0) })
    observer.schedule = schedule
    observer.nodes = nodes
    instants = cluster.recordsInstants ? InstantRecorder(observer.view, nodes, brokers: nodes.brokers.map { world.id(of: $0) }) : nil
    if let instants {
      schedule.onLook = { [unowned world, origin = ready.origin] entry in
        if let entry { instants.add(entry: entry, at: world.now - origin) } else { instants.look(at: world.now - origin) }
      }
    }
    driver = FaultDriver(
      plans: scenario.faults, world: world, schedule: schedule, nodes: nodes, view: observer.view, origin: ready.origin,
      tell: { observer.tell("fate", $0, .fault) },
      operate: { action, onDone in cluster.operatorApplication?.carryOut(action, onDone: onDone) })
    observer.timeline = cluster.onTimelineEvent.map { TimelineRecorder(world, observer.view, origin: ready.origin, nodes: nodes, write: $0) }
    observer.timeline?.driver = driver
    if observer.facts != nil || observer.timeline != nil { driver.onDeed = { observer.observe($0) } }
    let losses = LossLedger(of: cluster)
    driver.willKill = { losses.recordKill(of: $0) }
    driver.willDestroy = { losses.recordDestruction(at: $0, isDiskLost: $1) }
    observer.driver = driver
    availability = AvailabilityMonitor(ready, nodes, processes)
    controllers = ControllerWatch(ready)
    let groups = GroupWatch(cluster, origin: ready.origin, nodes)
    self.groups = groups
    transactions = TransactionWatch(cluster, origin: ready.origin, nodes)
    cluster.operatorApplication?.onOffsetsSet = { [weak groups] group, offsets in groups?.recordReset(offsets, of: group) }
  }

  /// - Parameter pool: the records that all processes of the entry send.
  private static func start(_ process: ClientProcess, _ pool: RecordPool?, on ready: ReadyCluster) -> NodeIndex {
    let origin = ready.origin, recorder = ready.cluster.recorder, log = ready.cluster.log
    let node = ready.cluster.world.addNode(name: process.name, isClient: true) { host in
      process.application(in: ClientSurroundings(host: host, origin: origin, pool: pool, recorder: recorder, log: log))
    }
    ready.cluster.world.start(node)
    return node
  }

  /// Plays the scenario to its end, and reads the stations at both ends of the measured window.
  func run() -> PlayedScenario {
    let scenario = cluster.scenario, world = cluster.world, origin = ready.origin, end = origin + cluster.duration
    for warning in scenario.warnings { cluster.observer.tell("trial", warning, .event) }
    cluster.observer.tell("trial", "the cluster is up; the scenario begins", .event)
    driver.start(end: cluster.duration)
    if let reseeding = cluster.reseeding {
      runLooking(until: origin + min(reseeding.instant, cluster.duration))
      RandomSalt.set(reseeding.number)
    }
    runLooking(until: min(origin + scenario.warmup, end))
    let atBegin = world.stations
    // If all records are measured, run until the last of them is answered.
    var busy = cluster.log != nil && scenario.measuresAllRecords ? nodes.clients.flatMap { $0.nodes } : []
    if busy.isEmpty { runLooking(until: end) } else { runLooking(until: end) { hasSentAll(&busy) } }
    let atEnd = world.stations
    let window = scenario.window(from: origin, until: cluster.duration, answered: world.now)
    runLooking(until: end)
    return PlayedScenario(
      ready: ready, nodes: nodes, driver: driver, availability: availability, controllers: controllers, groups: groups, transactions: transactions,
      instants: instants?.comings ?? [], stations: (atBegin, atEnd), window: window)
  }

  /// Whether every client has sent its records and received the responses. Checked after every event: a client that is done is not checked again.
  private func hasSentAll(_ busy: inout [NodeIndex]) -> Bool {
    while let node = busy.last {
      if let application = cluster.application(node), !application.isDone { return false }
      busy.removeLast()
    }
    return true
  }

  /// Runs to an instant, or until a condition holds, with regular checks of the cluster. Ends early in case of a livelock.
  private func runLooking(until end: Instant, _ condition: () -> Bool = { false }) {
    let runner = cluster.runner, world = cluster.world
    guard runner.livelock == nil else { return }
    // At least once, so that what is due now happens.
    repeat {
      if runner.run(until: min(end, world.now + WorldRunner.lookInterval), condition) { return }
      availability.look()
      controllers.look()
      groups.look()
      transactions.lookForOverdue()
    } while world.now < end && runner.livelock == nil
  }
}

/// A scenario that was played to its end.
struct PlayedScenario {
  let ready: ReadyCluster
  /// The nodes including the clients.
  let nodes: NodeTable
  let driver: FaultDriver
  let availability: AvailabilityMonitor
  let controllers: ControllerWatch
  let groups: GroupWatch
  let transactions: TransactionWatch
  /// Those that came while the schedule ran; empty where nobody asked for them.
  let instants: [InstantRecorder.Coming]
  /// The readings of the stations at the start and at the end of the measured window.
  let stations: (atBegin: [StationReading], atEnd: [StationReading])
  /// The measured window.
  let window: Range<Instant>

  var cluster: TrialCluster { ready.cluster }
}
