import Host
import Log
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Primitives

// What this module guarantees: a node meets the real world through the same calls and events as the simulated one, one event at a
// time, on a thread of its own; nothing about Kafka is decided here.

/// The real world as one life of one node sees it: sockets, files and clocks of this machine.
///
/// ```swift
/// let host = try LiveHost(name: "broker-1", directory: "/var/lib/trial/broker-1") { name, occurrence in ... }
/// let address = try host.listen(on: Address(host: "127.0.0.1", port: 9092))
/// host.start { host in BrokerNode(host: host, ...) }
/// ...
/// host.shutDown()
/// try host.waitUntilEnded()
/// ```
///
/// The methods of `NodeHost` are for the node, on its event loop; that confinement is what makes a host Sendable. All others may be
/// called from any other thread, and wait.
public final class LiveHost: NodeHost, @unchecked Sendable {
  public let name: String

  private let group: MultiThreadedEventLoopGroup
  let loop: any EventLoop
  private let liveDisk: LiveDisk
  private let givenNetwork: NetworkConfiguration
  private(set) var network: NetworkConfiguration
  private let observer: @Sendable (String, Occurrence) -> Void
  private let endedPromise: EventLoopPromise<Void>
  private let pauses = Pauses()
  /// Held by whoever waits for the end, and releases the thread and the directory then.
  private let releasing = NIOLock()
  private let isReleased = NIOLockedValueBox(false)

  private enum Phase {
    /// Next is `running`, with `start`, or `ended`.
    case prepared
    case running
    /// The node asked for its end within an event that is not over yet. Next is `ended`, with that event.
    case exiting
    case ended
  }

  private var phase = Phase.prepared
  private var node: (any Node)?
  private(set) var isHandling = false
  /// Events that came while the node was handling another one.
  private var waiting: [Event] = []

  private var timers = TimerQueue()
  private var alarm: (deadline: Instant, callback: NIOScheduledCallback)?
  private var doorbell: Doorbell?
  /// Whether timers were served and nothing came from the sockets since: other due timers must wait for the sockets first.
  private var isSocketsTurn = false

  /// In the order of their numbers.
  var listeners: [any Channel] = []
  /// Only looked up, except at the very end.
  var connections: [UInt32: Connection] = [:]
  var connectionsOpened: UInt32 = 0
  /// One for each listener.
  var acceptors: [Acceptor] = []
  /// The number of open connections that peers opened, by address.
  var connectionsByAddress: [String: Int] = [:]
  /// Connections whose next frame waits for its turn, those that may not read meanwhile, and those that wait for memory.
  var ready: [Connection] = []
  /// Connections that became writable again, which the node has to be told.
  var roomy: [ConnectionID] = []
  var heldReaders: [Connection] = []
  var awaitingMemory: [Connection] = []
  /// Connections whose peers have gone, with input that is not handled yet.
  var drained: [Connection] = []
  var reservedBytes = 0
  /// The bytes of responses, over all connections, that the sockets have not been given yet.
  var unwrittenBytes = 0
  /// When a recurring warning was last given, by subject.
  var toldRarely: [String: Instant] = [:]
  let descriptors: DescriptorBudget
  private var unflushed: [Connection] = []
  private var work = WorkTally()
  private var bytesSent = 0

  public let watchesClients: Bool
  public var random = RandomStream.ofMachine()
  public var now: Instant { .ofMachine }
  public var wallClock: Timestamp { .ofMachine }
  public var disk: any Disk { liveDisk }

  /// - Parameters:
  ///   - directory: the root of the node's disk; created if missing, and reserved for this host until it has ended.
  ///   - descriptors: the budget of descriptors, shared by all nodes that have the same one.
  ///   - watchesClients: whether the node reports client requests that fail.
  ///   - observer: called with what the node reports, on the node's thread.
  public init(
    name: String, directory: String, network: NetworkConfiguration = NetworkConfiguration(), descriptors: DescriptorBudget = .ofProcess, watchesClients: Bool = false,
    observer: @escaping @Sendable (String, Occurrence) -> Void = { _, _ in }
  ) throws(LiveError) {
    self.name = name
    givenNetwork = network
    self.network = network
    self.descriptors = descriptors
    self.watchesClients = watchesClients
    self.observer = observer
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    loop = group.next()
    liveDisk = try LiveDisk(path: directory, loop: loop, maxOpenFiles: descriptors.filesOfNode)
    endedPromise = loop.makePromise()
    do {
      doorbell = try Doorbell(loop: loop) { [unowned self] in doorbellRang() }
    } catch {
      throw .noDescriptors(reason: "\(error)")
    }
    liveDisk.whenDone = { [unowned self] operation, error in deliver(.disk(operation, error)) }
  }

  // MARK: Calls from other threads

  /// Starts the node's life.
  public func start(_ makeNode: @escaping @Sendable (any NodeHost) -> any Node) {
    onLoop { [self] in
      guard phase == .prepared else { return }
      phase = .running
      handling {
        let node = makeNode(self)
        self.node = node
        node.start()
      }
      for acceptor in acceptors { acceptor.tryAgain() }
    }
  }

  /// Asks the node to shut down cleanly.
  public func shutDown() { tell { $0.shutdown() } }

  /// Has the node do something between two events. A life that has not begun ends instead; one that is over stays over.
  func tell(_ body: @escaping @Sendable (any Node) -> Void) {
    onLoop { [self] in
      if phase == .prepared { end() }
      guard phase == .running, let node else { return }
      handling { body(node) }
    }
  }

  /// Ends the node immediately, as if its process had ended.
  public func kill() {
    onLoop { [self] in end() }
    pauses.kill()
  }

  /// Stops the node's thread until `resume`, as a long garbage collection stops a process: sockets still receive, clocks go on, nothing is answered. Calls to the
  /// host wait as well.
  public func pause() {
    guard let gate = pauses.begin() else { return }
    onLoop { [self] in
      gate.wait()
      // A host that was killed meanwhile ends here.
      if pauses.areKilled { end() }
    }
  }

  /// Lets a paused node continue.
  public func resume() { pauses.resume() }

  /// Reads from the disk before the node's life begins, or during it.
  func look<Answer: Sendable>(_ body: @escaping @Sendable (any Disk) throws(LogError) -> Answer) throws -> Answer {
    do {
      return try loop.submit { [self] in try body(liveDisk) }.wait()
    } catch let error as LogError {
      throw LiveError.unusable(reason: error.below(liveDisk.location).description)
    }
  }

  /// Writes a small file on the node's disk, before its life, and returns when it is on the platter.
  func write(_ name: String, _ content: Bytes) throws {
    do {
      try loop.submit { [self] in try liveDisk.write(name, content) }.wait()
    } catch let error as DiskError {
      throw LiveError.unusable(reason: "\(path(name)): \(error)\(error.remedy)")
    }
  }

  /// Where a file of the node's disk is on this machine.
  func path(_ name: String) -> String { liveDisk.location.map { "\($0)/\(name)" } ?? name }

  /// Reads something from the node between two events; nil if its life is not under way.
  public func ask<Answer: Sendable>(_ question: @escaping @Sendable (any Node) -> Answer) throws -> Answer? {
    guard !isReleased.withLockedValue({ $0 }) else { return nil }
    return try loop.submit { [self] in phase == .running ? node.map(question) : nil }.wait()
  }

  /// What this node has used so far.
  public func usage() throws -> HostUsage {
    try loop.submit { [self] in
      var usage = HostUsage()
      usage.processor = .ofThread
      usage.bytesSent = bytesSent
      usage.bytesAppended = liveDisk.bytesAppended
      usage.work = work
      return usage
    }.wait()
  }

  /// Succeeds when the node's life is over.
  public var ended: EventLoopFuture<Void> { endedPromise.futureResult }

  /// Runs something when the node's life is over; at once where its thread is released already.
  func whenEnded(_ body: @escaping @Sendable () -> Void) {
    if isReleased.withLockedValue({ $0 }) { body() } else { ended.whenComplete { _ in body() } }
  }

  /// Waits until the node's life is over, and releases the thread and the data directory. Returns at once when that was done before; several callers may wait.
  public func waitUntilEnded() throws {
    try releasing.withLock {
      guard !isReleased.withLockedValue({ $0 }) else { return }
      try ended.wait()
      // The disk first: its operations end on the loop.
      try liveDisk.shutDown()
      isReleased.withLockedValue { $0 = true }
      try group.syncShutdownGracefully()
    }
  }

  /// Runs something on the node's thread. Nothing runs any more once that is released.
  private func onLoop(_ body: @escaping @Sendable () -> Void) {
    if !isReleased.withLockedValue({ $0 }) { loop.execute(body) }
  }

  // MARK: Events

  /// Delivers an event to the node, after the one that it is handling.
  func deliver(_ event: Event) {
    guard phase == .running else { return }
    if isHandling { return waiting.append(event) }
    handling { node?.handle(event) }
  }

  /// Runs something within the node, then the events that came meanwhile, and sends what the node has sent.
  func handling(eventCount: Int = 1, _ body: () -> Void) {
    isHandling = true
    work.events += eventCount
    body()
    var next = 0
    while phase == .running, next < waiting.count {
      let event = waiting[next]
      next += 1
      work.events += 1
      node?.handle(event)
    }
    waiting.removeAll(keepingCapacity: true)
    isHandling = false
    if !BrokenInvariants.isEmpty { for words in BrokenInvariants.take() { report(.warning("broken invariant: \(words)")) } }
    flush()
    if phase == .exiting { end() }
  }

  /// Delivers one of several events of one `handling` to the node; what it sends leaves immediately.
  func take(_ event: Event) {
    work.events += 1
    node?.handle(event)
    flush()
  }

  var isRunning: Bool { phase == .running }

  func heardFromSockets() { isSocketsTurn = false }

  func ringDoorbell() { doorbell?.ring() }

  private func flush() {
    // Writing may find that a connection broke, and the node may react by sending on another one.
    var next = 0
    while next < unflushed.count {
      next += 1
      unflushed[next - 1].flush()
    }
    unflushed.removeAll(keepingCapacity: true)
  }

  public func send(_ frame: Frame, on connection: ConnectionID) {
    guard let connection = connections[connection.value] else { return }
    connection.send(frame)
    bytesSent += frame.count + 4
    if unflushed.last !== connection { unflushed.append(connection) }
  }

  // MARK: Timers

  @discardableResult
  public func after(_ delay: Duration, _ timer: Timer) -> TimerID {
    let id = timers.insert(timer, at: now + max(delay, .zero))
    setAlarm()
    return id
  }

  public func cancel(_ timer: TimerID) { timers.remove(timer) }

  /// Wakes the loop for the earliest timer.
  private func setAlarm() {
    guard phase == .running || phase == .prepared, let earliest = timers.earliest() else { return }
    if isSocketsTurn, earliest <= now { return doorbell?.ring() ?? () }
    if let alarm {
      guard earliest < alarm.deadline else { return }
      alarm.callback.cancel()
    }
    alarm = (try? loop.scheduleCallback(at: NIODeadline(earliest), handler: Alarm(host: self))).map { (earliest, $0) }
  }

  fileprivate func alarmRang() {
    alarm = nil
    serveTimers()
  }

  private func doorbellRang() {
    doorbell?.stop()
    takeTurns()
    tellOfRoom()
    serveTimers()
  }

  /// Serves the timers that are due. Timers set in the meantime, however short, let socket input go first.
  private func serveTimers() {
    isSocketsTurn = true
    let now = now
    while phase == .running, let timer = timers.next(dueAt: now) { deliver(.timer(timer)) }
    setAlarm()
  }

  private struct Alarm: NIOScheduledCallbackHandler, Sendable {
    unowned let host: LiveHost
    func handleScheduledCallback(eventLoop: some EventLoop) { host.alarmRang() }
  }

  // MARK: The rest of NodeHost

  /// Changes the limits of sockets, on top of those that the node started with. Called by the node.
  func changeNetwork(_ values: [(String, String)]) {
    guard let changed = try? NetworkConfiguration.table.configuration(from: values, over: givenNetwork) else { return }
    network = changed
    for acceptor in acceptors { acceptor.take(changed) }
  }

  public func spend(_ cost: Cost) { work.add(cost) }

  public func report(_ occurrence: Occurrence) { observer(name, occurrence) }

  public func exit() {
    if phase == .running || phase == .prepared { phase = .exiting }
  }

  private func end() {
    guard phase != .ended else { return }
    phase = .ended
    node = nil
    timers.removeAll()
    alarm?.callback.cancel()
    alarm = nil
    doorbell?.remove()
    doorbell = nil
    closeNetwork()
    endedPromise.succeed()
  }
}
