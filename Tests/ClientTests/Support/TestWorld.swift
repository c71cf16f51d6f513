import Host
import Primitives

/// A world of one client: virtual time, and scripted brokers behind ordered connections with one millisecond each way.
final class TestWorld: NodeHost {
  private struct Agenda {
    let at: Instant
    let number: Int
    let action: () -> Void
  }

  private(set) var now = Instant.zero
  var wallClock: Timestamp { Timestamp(milliseconds: 1_000_000 + now.nanoseconds / 1_000_000) }
  var random: RandomStream
  let disk: any Disk = NoDisk()
  static let latency = Duration.milliseconds(1)

  private var agenda: [Agenda] = []
  private var nextNumber = 0
  private var cancelled: Set<UInt64> = []
  private var nextConnection: UInt32 = 0
  private var open: [UInt32: ScriptedBroker] = [:]
  private var brokers: [Address: ScriptedBroker] = [:]
  private(set) lazy var reactor = Reactor(host: self)
  /// Gets the events instead of `reactor`, once there is one.
  var node: (any Node)?

  init(seed: UInt64 = 1) { random = RandomStream(seed: seed, purpose: "test") }

  @discardableResult
  func addBroker(_ id: Int32, port: Int32? = nil) -> ScriptedBroker {
    let broker = ScriptedBroker(id: NodeID(id), address: Address(host: "broker", port: port ?? 9_000 + id), world: self)
    brokers[broker.address] = broker
    return broker
  }

  // MARK: Running

  func schedule(after delay: Duration, _ action: @escaping () -> Void) {
    let at = now + delay
    var index = agenda.count
    while index > 0, agenda[index - 1].at > at { index -= 1 }
    agenda.insert(Agenda(at: at, number: nextNumber, action: action), at: index)
    nextNumber += 1
  }

  func run(for duration: Duration) { run(until: now + duration) }

  func run(until end: Instant) {
    var steps = 0
    while let next = agenda.first, next.at <= end {
      steps += 1
      precondition(steps < 2_000_000, "the client never rests")
      agenda.removeFirst()
      now = max(now, next.at)
      next.action()
    }
    now = end
  }

  /// Runs until a condition holds; false where it does not within the limit.
  func run(upTo limit: Duration = .seconds(300), until condition: () -> Bool) -> Bool {
    let end = now + limit
    while !condition() {
      guard let next = agenda.first, next.at <= end else { return false }
      agenda.removeFirst()
      now = max(now, next.at)
      next.action()
    }
    return true
  }

  /// The client stands still for so long, as a process that is paused: what was due meanwhile comes late.
  func standStill(for duration: Duration) { now += duration }

  private func dispatch(_ event: Event) {
    if let node { node.handle(event) } else { reactor.dispatch(event) }
  }

  // MARK: NodeHost

  func after(_ delay: Duration, _ timer: Timer) -> TimerID {
    let id = TimerID(UInt64(nextNumber))
    schedule(after: delay) { [unowned self] in
      if cancelled.remove(id.value) == nil { dispatch(.timer(timer)) }
    }
    return id
  }

  func cancel(_ timer: TimerID) { cancelled.insert(timer.value) }

  func connect(to address: Address) -> ConnectionID {
    let connection = ConnectionID(nextConnection)
    nextConnection += 1
    if let broker = brokers[address], broker.isListening {
      open[connection.value] = broker
      broker.connections += 1
      schedule(after: Self.latency * 2) { [unowned self] in if open[connection.value] != nil { dispatch(.connected(connection)) } }
    } else {
      schedule(after: Self.latency * 2) { [unowned self] in dispatch(.disconnected(connection)) }
    }
    return connection
  }

  func send(_ frame: Frame, on connection: ConnectionID) {
    guard let broker = open[connection.value] else { return }
    // On a connection that is being made, frames wait until it is open.
    schedule(after: Self.latency * 3) { broker.receive(frame, on: connection) }
  }

  func isWritable(_ connection: ConnectionID) -> Bool { !(open[connection.value]?.isSocketFull ?? false) }

  func close(_ connection: ConnectionID) { open[connection.value] = nil }
  func spend(_ cost: Cost) {}
  func report(_ occurrence: Occurrence) {}
  func exit() {}

  // MARK: For brokers

  func deliver(_ frame: Frame, on connection: ConnectionID, after delay: Duration) {
    schedule(after: delay) { [unowned self] in if open[connection.value] != nil { dispatch(.received(frame, connection)) } }
  }

  /// The sockets of connections to a broker take more again.
  func tellWritable(to broker: ScriptedBroker) {
    for connection in open.keys.sorted() where open[connection] === broker {
      schedule(after: .zero) { [unowned self] in dispatch(.writable(ConnectionID(connection))) }
    }
  }

  func breakConnections(to broker: ScriptedBroker) {
    for connection in open.keys.sorted() where open[connection] === broker {
      open[connection] = nil
      schedule(after: Self.latency) { [unowned self] in dispatch(.disconnected(ConnectionID(connection))) }
    }
  }
}

/// Clients have no disk.
private final class NoDisk: Disk {
  func open(_ path: String, creating: Bool) throws(DiskError) -> FileID { throw .notFound }
  func close(_ file: FileID) {}
  func size(of file: FileID) -> Int { 0 }
  func append(_ bytes: Bytes, to file: FileID) throws(DiskError) { throw .invalid }
  func read(_ file: FileID, at position: Int, count: Int) throws(DiskError) -> Bytes { throw .invalid }
  func truncate(_ file: FileID, to size: Int) throws(DiskError) { throw .invalid }
  func sync(_ file: FileID) -> DiskOperation { DiskOperation(0) }
  func syncDirectory(_ path: String) -> DiskOperation { DiskOperation(0) }
  func replace(_ path: String, with content: Bytes) -> DiskOperation { DiskOperation(0) }
  func rename(_ path: String, to newPath: String) throws(DiskError) { throw .invalid }
  func remove(_ path: String) throws(DiskError) { throw .invalid }
  func makeDirectory(_ path: String) throws(DiskError) { throw .invalid }
  func list(_ path: String) throws(DiskError) -> [String] { [] }
  func exists(_ path: String) -> Bool { false }
  func modified(_ path: String) -> Timestamp? { nil }
}
