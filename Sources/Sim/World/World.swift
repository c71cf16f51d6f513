import CDeterminismGuard
import Host
import Primitives

/// A simulated world: nodes on machines of their own, a network between them, virtual time, and faults.
///
///     let world = World(seed: 7)
///     let broker = world.addNode(name: "broker-1", id: 1, port: 9092) { host in BrokerNode(host: host, configuration) }
///     world.start(broker)
///     world.after(.seconds(2)) { world.kill(broker) }
///     world.run(until: Instant.zero + .seconds(10))
///     print(world.traceHash)
///
/// The same seed and the same calls give the same events at the same times, on any machine. Everything runs on the caller's
/// thread. A node must not be used after its world is gone.
public final class World {
  public let seed: UInt64
  public let options: WorldOptions
  /// Virtual time since the beginning.
  public private(set) var now = Instant.zero
  public internal(set) var statistics = Statistics()
  /// The faults applied so far, with what they hit.
  public internal(set) var faults = FaultLedger()

  /// Called for everything that nodes report.
  public var onOccurrence: ((Instant, NodeIndex, Occurrence) -> Void)?
  /// Called for what happens to nodes, and for faults (without a node).
  public var onIncident: ((Instant, NodeIndex?, Incident) -> Void)?
  /// Called for every frame that reaches the end of its way, or is stopped there.
  public var onFrame: ((FrameNotice) -> Void)?
  /// Called for the steps of every request and its response in a world that measures.
  public var onExchange: ((ExchangeNotice) -> Void)?
  /// Called when a node loses its end of a connection.
  public var onLostEnd: ((LostEndNotice) -> Void)?
  /// Called when an operation of a disk begins or ends. Those of a process that ends in between have no end.
  public var onDiskOperation: ((DiskNotice) -> Void)?
  /// Called with a line for every event that a node handles. For reading two runs side by side; slow.
  public var onTraceLine: ((String) -> Void)?
  /// Called before every event that a node handles, the first of each life included.
  public var onHandling: ((HandledEvent) -> Void)?

  /// The findings of the invariant checks (`WorldOptions.checksInvariants`).
  public internal(set) var invariants = InvariantFindings()
  /// Whether what a node states (`mustHold`) and does not hold is a finding. Not where a node is made to do what it must not.
  public var hearsOfStatements = true
  /// Called once for each invariant that does not hold.
  public var onBrokenInvariant: ((NodeIndex, String) -> Void)?
  /// Called after each check of a node, for checks that look at several nodes together; they add their findings with `addFindings`.
  public var onChecked: ((NodeIndex) -> Void)?

  /// Remembers where each event comes from. Set before the first node starts; nil costs a comparison for each event and each message. Never changes what happens.
  public var causality: CausalityRecorder?

  var agenda: Agenda
  var machines = UnsharedArray<Machine>()
  var processors: [Processor] = []
  /// The processor of the nodes that share one machine.
  private var sharedProcessor: Processor?
  private var sharedDisk: DiskDevice?
  var addressBook: [Address: Listener] = [:]
  var trace = TraceHash()
  var network = Network()
  /// Runs end, with `now` where it is, once nodes have handled this many events since the beginning. Without a limit, a loop in which no time
  /// passes would never end.
  public var eventLimit = UInt64.max
  public var isAtEventLimit: Bool { statistics.events >= eventLimit }

  private var calls = CallTable()
  private var isStopped = false

  public init(seed: UInt64, options: WorldOptions = WorldOptions()) {
    self.seed = seed
    self.options = options
    agenda = Agenda(options.queue)
  }

  deinit {
    for index in machines.indices { machines[index].endLife(at: now) }
  }

  /// Rolls over time, node, kind and payload of every event that a node handled. Equal runs have equal hashes.
  public var traceHash: UInt64 { trace.value }

  // MARK: Nodes

  /// Adds a node to the world, on a machine of its own with an empty disk. It runs after `start`.
  ///
  /// `name` is the host of its address, and keys its random streams: a node draws the same numbers when others are added or removed. A client's machine may
  /// have another processor (`MachineProfile.client`).
  ///
  /// - Parameter furtherPorts: of further listeners, for a node with several; `port` is that of listener 0.
  @discardableResult
  public func addNode(
    name: String, id: NodeID = .none, port: Int32 = 9092, furtherPorts: [Int32] = [], machine profile: MachineProfile? = nil, isClient: Bool = false,
    make: @escaping (any NodeHost) -> any Node
  ) -> NodeIndex {
    let address = Address(host: name, port: port)
    let index = NodeIndex(machines.count)
    let profile = profile ?? options.machine, key = stableHash(of: "\(address)")
    let processor = processor(for: name, profile, isClient: isClient), device = device(for: name, profile, isClient: isClient)
    let disk = DiskStorage(profile.disk, device: device, node: index, seed: seed, key: key) { [unowned self] in faults.hit($0) }
    let machine = Machine(
      index: index, id: id, address: address, key: key, profile: profile, isClient: isClient, processor: processor, disk: disk,
      clock: WallClock(origin: options.wallClockOrigin), make: make)
    if options.measures, isClient { machine.application = Station(node: name, kind: .application, servers: 1, isOfClient: true) }
    machines.append(machine)
    machine.processor.add(index)
    for (number, port) in ([port] + furtherPorts).enumerated() { addListener(at: Address(host: name, port: port), Listener(node: index, number: UInt8(number))) }
    network.addNode(NetworkPlace(node: index, key: key, profile: profile.network, isOnSharedMachine: profile.isShared))
    if options.measures { network.stations.append(profile.isShared ? nil : CardStations(node: name, isOfClient: isClient)) }
    return index
  }

  private func addListener(at address: Address, _ listener: Listener) {
    precondition(addressBook[address] == nil, "two nodes at \(address)")
    addressBook[address] = listener
  }

  private func processor(for name: String, _ profile: MachineProfile, isClient: Bool) -> Processor {
    if profile.isShared, let sharedProcessor { return sharedProcessor }
    let cores = profile.isShared ? profile.processor.cores : profile.processor(ofClient: isClient).cores
    let processor = Processor(index: processors.count, cores: cores)
    if options.measures {
      processor.station = Station(
        node: profile.isShared ? Self.sharedMachine : name, kind: .processor,
        // A process with fewer threads than cores leaves the other cores idle.
        servers: profile.isShared ? cores : min(cores, profile.processor(ofClient: isClient).threads), isOfClient: isClient && !profile.isShared)
    }
    processors.append(processor)
    if profile.isShared { sharedProcessor = processor }
    return processor
  }

  private func device(for name: String, _ profile: MachineProfile, isClient: Bool) -> DiskDevice {
    if profile.isShared, let sharedDisk { return sharedDisk }
    let device = DiskDevice(profile.disk)
    if options.measures {
      device.measure(as: profile.isShared ? Self.sharedMachine : name, isOfClient: isClient && !profile.isShared)
    }
    if profile.isShared { sharedDisk = device }
    return device
  }

  public var nodes: [NodeIndex] { machines.indices.map { NodeIndex($0) } }
  public func name(of node: NodeIndex) -> String { machine(node).name }
  public func id(of node: NodeIndex) -> NodeID { machine(node).id }
  public func address(of node: NodeIndex) -> Address { machine(node).address }

  /// The node with a name, or nil.
  public func node(named name: String) -> NodeIndex? { machines.indices.first { machines[$0].name == name }.map { NodeIndex($0) } }

  /// The node object of the current life, for white-box checks; nil while it is down.
  public func object(of node: NodeIndex) -> (any Node)? { machine(node).node }

  func machine(_ node: NodeIndex) -> Machine { machines[Int(node.value)] }

  // MARK: Time

  /// Runs all events up to an instant, which is then `now`.
  public func run(until end: Instant) {
    runUntil(end) { false }
  }

  public func run(for duration: Duration) { run(until: now + duration) }

  /// Runs until a condition holds, and returns whether it does. If it does not hold by `deadline`, that is then `now`.
  /// The condition is checked after every event.
  @discardableResult
  public func runUntil(_ deadline: Instant, _ condition: () -> Bool) -> Bool {
    if options.guardsDeterminism { trial_guard_enter() }
    defer { if options.guardsDeterminism { trial_guard_leave() } }
    isStopped = false
    if condition() { return true }
    while statistics.events < eventLimit, let (time, event) = agenda.removeNext(through: deadline) {
      now = time
      perform(event)
      if condition() { return true }
      if isStopped { return false }
    }
    if isAtEventLimit { return false }
    if now < deadline { now = deadline }
    return false
  }

  /// Ends the current `run` after the current event.
  public func stop() { isStopped = true }

  /// Runs a closure at an instant; right after the current event if that instant has passed.
  public func at(_ instant: Instant, _ body: @escaping () -> Void) {
    agenda.insert(.call(calls.insert(body)), at: max(instant, now))
  }

  /// Runs a closure after a delay; `.zero` means right after the current event.
  public func after(_ delay: Duration, _ body: @escaping () -> Void) { at(now + delay, body) }

  @inline(__always)
  private func perform(_ event: WorldEvent) {
    causality?.turn()
    switch event {
    case .arrival(let frame, let end): arrive(frame, at: end)
    case .timer(let node, let life, let slot, let generation):
      Uncounted(machines[Int(node)]).with { machine in
        if machine.life == life { deliver(.timer(slot: slot, generation: generation), to: machine) }
      }
    case .signal(let signal, let end): arrive(signal, at: end)
    case .unstall(let end): unstall(end)
    case .connectTimeout(let end): giveUpConnecting(end)
    case .wake(let processor): wake(processors[Int(processor)])
    case .start(let node, let life): bringToLife(machines[Int(node)], life: life)
    case .disk(let node, let life, let operation):
      let machine = machines[Int(node)]
      if machine.life == life { machine.host?.session.step(operation) }
    case .call(let index):
      causality?.begin(.call, at: nil, now)
      calls.remove(index)()
    }
  }
}

/// Where a node takes connections.
struct Listener {
  let node: NodeIndex
  /// Among those of its node, from 0.
  let number: UInt8
}

/// The closures that wait in the agenda.
private struct CallTable {
  private var bodies: [(() -> Void)?] = []
  private var vacant: [UInt32] = []

  mutating func insert(_ body: @escaping () -> Void) -> UInt32 {
    if let index = vacant.popLast() {
      bodies[Int(index)] = body
      return index
    }
    bodies.append(body)
    return UInt32(bodies.count - 1)
  }

  mutating func remove(_ index: UInt32) -> () -> Void {
    guard let body = bodies[Int(index)].take() else { preconditionFailure("a scheduled call runs once") }
    vacant.append(index)
    return body
  }
}
