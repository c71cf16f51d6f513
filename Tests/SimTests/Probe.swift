import Host
import Primitives
@testable import Sim

/// A node that writes down what happens to it and does what a test tells it.
final class Probe: Node {
  let host: any NodeHost
  private let notes: Notes

  init(_ host: any NodeHost, _ notes: Notes) {
    self.host = host
    self.notes = notes
  }

  func start() {
    notes.lives += 1
    notes.probe = self
    notes.onStart?(self)
  }

  func handle(_ event: Event) {
    notes.events.append((host.now, event))
    notes.onEvent?(self, event)
  }

  func shutdown() {
    notes.shutdowns += 1
    notes.onShutdown?(self)
  }

  func send(_ text: String, on connection: ConnectionID) { host.send(Frame(Bytes(text)), on: connection) }
}

/// What the lives of one node leave behind, and how they behave.
final class Notes {
  var events: [(time: Instant, event: Event)] = []
  var lives = 0
  var shutdowns = 0
  /// The probe of the present life.
  weak var probe: Probe?
  var onStart: ((Probe) -> Void)?
  var onEvent: ((Probe, Event) -> Void)?
  var onShutdown: ((Probe) -> Void)?

  /// The events in short: `accepted`, `connected`, `received text`, `disconnected`, `timer 7`, `disk ok`.
  var story: [String] { events.map { Self.describe($0.event) } }
  var received: [String] { story.filter { $0.hasPrefix("received ") }.map { String($0.dropFirst(9)) } }

  static func describe(_ event: Event) -> String {
    switch event {
    case .accepted: "accepted"
    case .connected: "connected"
    case .received(let frame, _): "received \(frame.joined.text ?? frame.joined.hexadecimal)"
    case .writable: "writable"
    case .disconnected: "disconnected"
    case .timer(let timer): "timer \(timer.subject)"
    case .disk(_, let error): error.map { "disk \($0)" } ?? "disk ok"
    }
  }

  func time(of event: String) -> Instant? { events.first { Self.describe($0.event) == event }?.time }
}

extension World {
  /// A probe that runs from the beginning.
  func addProbe(_ name: String, machine: MachineProfile? = nil, _ set: (Notes) -> Void = { _ in }) -> (node: NodeIndex, notes: Notes) {
    let notes = Notes()
    set(notes)
    let node = addNode(name: name, machine: machine) { Probe($0, notes) }
    start(node)
    return (node, notes)
  }
}

extension WorldOptions {
  /// Machines whose work takes no time, and exact latencies: 50 µs a way and 200 µs a sync.
  static let ideal: WorldOptions = {
    var options = WorldOptions()
    options.machine = .ideal
    options.machine.network.bandwidth = 1_000_000_000_000
    options.guardsDeterminism = true
    return options
  }()
}

/// A client and a server with one connection between them, on an ideal network.
struct Pair {
  let world: World
  let client: NodeIndex
  let server: NodeIndex
  let clientNotes: Notes
  let serverNotes: Notes
  private(set) var connection = ConnectionID(0)

  /// With `echoing`, the server answers every frame with the same.
  init(seed: UInt64 = 1, options: WorldOptions = .ideal, echoing: Bool = false) {
    world = World(seed: seed, options: options)
    (client, clientNotes) = world.addProbe("client")
    (server, serverNotes) = world.addProbe("server")
    if echoing {
      serverNotes.onEvent = { probe, event in
        if case .received(let frame, let connection) = event { probe.host.send(frame, on: connection) }
      }
    }
    world.run(for: .milliseconds(1))
    connection = clientNotes.probe!.host.connect(to: world.address(of: server))
    world.run(for: .milliseconds(1))
  }

  func sendFromClient(_ text: String) { clientNotes.probe!.send(text, on: connection) }

  func sendFromServer(_ text: String) {
    guard let accepted = serverNotes.events.lazy.compactMap({ if case .accepted(let id) = $0.event { id } else { nil } }).last else { return }
    serverNotes.probe!.send(text, on: accepted)
  }

  /// A frame that looks like a Kafka request, with a text behind its header.
  static func request(api: Int16, correlation: Int32, _ text: String = "") -> Frame {
    var writer = ByteWriter()
    writer.append(api)
    writer.append(Int16(0))
    writer.append(correlation)
    writer.append(utf8: text)
    return Frame(writer.bytes)
  }

  func request(api: Int16, correlation: Int32) {
    clientNotes.probe!.host.send(Self.request(api: api, correlation: correlation), on: connection)
  }
}
