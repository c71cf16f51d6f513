import Glibc
import Host
import NIOConcurrencyHelpers
import Primitives
import Testing

@testable import Live

/// A node that does what a test tells it to, and remembers what happened to it.
private final class ScriptedNode: Node {
  let host: any NodeHost
  private let script: @Sendable (Event?, any NodeHost) -> Void
  private let history: History

  init(_ host: any NodeHost, _ history: History, _ script: @escaping @Sendable (Event?, any NodeHost) -> Void) {
    self.host = host
    self.history = history
    self.script = script
  }

  func start() { script(nil, host) }

  func handle(_ event: Event) {
    history.append(event)
    script(event, host)
  }

  func shutdown() { host.exit() }
}

private final class History: Sendable {
  private let lines = NIOLockedValueBox<[String]>([])

  func append(_ event: Event) {
    let line =
      switch event {
      case .accepted: "accepted"
      case .connected: "connected"
      case .received(let frame, _): "received \(frame.count > 40 ? "\(frame.count) bytes" : frame.joined.text ?? "?")"
      case .disconnected: "disconnected"
      case .timer(let timer): "timer \(timer.subject)"
      case .writable: "writable"
      case .disk(_, let error): "disk \(error.map { "\($0)" } ?? "ok")"
      }
    lines.withLockedValue { $0.append(line) }
  }

  var all: [String] { lines.withLockedValue { $0 } }

  /// The first `count`, as soon as they are there, or what there is when patience has ended. Among many other tests this one may go on after minutes, when idle
  /// connections have been closed: what came later is not looked at.
  func lines(_ count: Int) async throws -> [String] {
    for _ in 0..<Patience.milliseconds where all.count < count { try await Task.sleep(for: .milliseconds(1)) }
    return Array(all.prefix(count))
  }
}

/// Sets itself one timer after another, without delay, until it is answered.
private final class RestlessNode: Node {
  static let mostTurns = 1_000_000

  private let host: any NodeHost
  private let server: Address
  private let turns: NIOLockedValueBox<Int>

  init(_ host: any NodeHost, server: Address, turns: NIOLockedValueBox<Int>) {
    self.host = host
    self.server = server
    self.turns = turns
  }

  func start() {
    host.send(Frame(Bytes("one")), on: host.connect(to: server))
    host.after(.zero, Timer(routine: 0, subject: 0))
  }

  func handle(_ event: Event) {
    switch event {
    case .received: host.exit()
    case .timer:
      let count = turns.withLockedValue { turns in
        turns += 1
        return turns
      }
      if count < Self.mostTurns { host.after(.zero, Timer(routine: 0, subject: 0)) } else { host.exit() }
    default: break
    }
  }

  func shutdown() { host.exit() }
}

private struct Bench {
  let history = History()
  let host: LiveHost
  private let directory = TemporaryDirectory()

  init(maxRequestSize: Int = 1_000_000) throws {
    var network = NetworkConfiguration()
    network.maxRequestSize = maxRequestSize
    host = try LiveHost(name: "node", directory: directory.path, network: network)
  }

  func listen() throws -> Address { try host.listen(on: Address(host: "127.0.0.1", port: 0)) }

  func start(_ script: @escaping @Sendable (Event?, any NodeHost) -> Void) {
    host.start { [history] in ScriptedNode($0, history, script) }
  }

  func end() throws {
    host.shutDown()
    try host.waitUntilEnded()
  }
}

@Suite struct LiveHostTests {
  @Test func `What a node relies on and does not hold is a warning, and the node goes on`() async throws {
    let directory = TemporaryDirectory(), history = History(), warnings = NIOLockedValueBox<[String]>([])
    let host = try LiveHost(name: "node", directory: directory.path) { name, occurrence in
      if case .warning(let words) = occurrence { warnings.withLockedValue { $0.append("\(name): \(words)") } }
    }
    host.start {
      ScriptedNode($0, history) { event, host in
        if event == nil { host.after(.milliseconds(1), Timer(routine: 0, subject: 1)) }
        guard case .timer(let timer) = event, timer.subject == 1 else { return }
        mustHold(false, "one is two")
        host.after(.milliseconds(1), Timer(routine: 0, subject: 2))
      }
    }
    #expect(try await history.lines(2) == ["timer 1", "timer 2"])
    host.shutDown()
    try host.waitUntilEnded()
    #expect(warnings.withLockedValue { $0 } == ["node: broken invariant: one is two"])
  }

  @Test func `Frames go both ways in order`() async throws {
    let server = try Bench(), client = try Bench()
    let address = try server.listen()
    server.start { event, host in
      if case .received(let frame, let connection) = event { host.send(Frame([Bytes("echo "), frame.joined]), on: connection) }
    }
    client.start { event, host in
      guard event == nil else { return }
      let connection = host.connect(to: address)
      for text in ["one", "two", "three"] { host.send(Frame(Bytes(text)), on: connection) }
    }
    #expect(try await server.history.lines(4) == ["accepted", "received one", "received two", "received three"])
    #expect(try await client.history.lines(4) == ["connected", "received echo one", "received echo two", "received echo three"])
    try client.end()
    #expect(try await server.history.lines(5) == ["accepted", "received one", "received two", "received three", "disconnected"])
    try server.end()
  }

  @Test func `A peer that came before the node started gets its response afterwards`() throws {
    let server = try Bench()
    let early = try PeerSocket(try server.listen())
    early.sendFrame("early")
    // The sockets are looked at before each question.
    for _ in 0..<3 { #expect(try server.host.ask { _ in true } == nil) }
    server.start { event, host in
      if case .received(let frame, let connection) = event { host.send(frame, on: connection) }
    }
    #expect(early.receiveFrame() == Array("early".utf8))
    try server.end()
  }

  @Test func `What was sent before a close still arrives`() async throws {
    let server = try Bench(), client = try Bench()
    let address = try server.listen()
    server.start { event, host in
      guard case .accepted(let connection) = event else { return }
      host.send(Frame(Bytes(repeatElement(7, count: 3_000_000))), on: connection)
      host.close(connection)
    }
    client.start { event, host in
      if event == nil { _ = host.connect(to: address) }
    }
    #expect(try await client.history.lines(3) == ["connected", "received 3000000 bytes", "disconnected"])
    #expect(try await server.history.lines(1) == ["accepted"])
    try client.end()
    try server.end()
  }

  @Test func `There is no answer where nothing listens`() async throws {
    let other = try Bench(), client = try Bench()
    let address = try other.listen()
    try other.end()
    client.start { event, host in
      if event == nil { host.send(Frame(Bytes("lost")), on: host.connect(to: address)) }
    }
    #expect(try await client.history.lines(1) == ["disconnected"])
    try client.end()
  }

  @Test func `An oversized frame closes only its own connection`() async throws {
    let server = try Bench(maxRequestSize: 10), client = try Bench()
    let address = try server.listen()
    server.start { _, _ in }
    client.start { event, host in
      switch event {
      case nil: host.send(Frame(Bytes("more than ten bytes")), on: host.connect(to: address))
      case .disconnected: host.send(Frame(Bytes("ten bytes.")), on: host.connect(to: address))
      default: break
      }
    }
    #expect(try await server.history.lines(4) == ["accepted", "disconnected", "accepted", "received ten bytes."])
    try client.end()
    try server.end()
  }

  @Test func `Timers fire in order, and cancelled ones do not`() async throws {
    let bench = try Bench()
    bench.start { event, host in
      guard event == nil else { return }
      host.after(.milliseconds(30), Timer(routine: 0, subject: 3))
      let cancelled = host.after(.milliseconds(15), Timer(routine: 0, subject: 99))
      host.after(.milliseconds(10), Timer(routine: 0, subject: 1))
      host.after(.milliseconds(20), Timer(routine: 0, subject: 2))
      host.after(.zero, Timer(routine: 0, subject: 0))
      host.cancel(cancelled)
    }
    #expect(try await bench.history.lines(4) == ["timer 0", "timer 1", "timer 2", "timer 3"])
    try bench.end()
  }

  @Test func `A response leaves before the next request of its read is handled`() async throws {
    let server = try Bench(), client = try Bench()
    let address = try server.listen()
    let hasAnswer = NIOLockedValueBox(false), answeredInTime = NIOLockedValueBox(false)
    server.start { event, host in
      guard case .received(let frame, let connection) = event else { return }
      if frame.joined.text == "two" {
        Patience.wait { hasAnswer.withLockedValue { $0 } }
        answeredInTime.withLockedValue { $0 = hasAnswer.withLockedValue { $0 } }
      }
      host.send(frame, on: connection)
    }
    client.start { event, host in
      switch event {
      case nil:
        let connection = host.connect(to: address)
        for text in ["one", "two"] { host.send(Frame(Bytes(text)), on: connection) }
      case .received(let frame, _): if frame.joined.text == "one" { hasAnswer.withLockedValue { $0 = true } }
      default: break
      }
    }
    #expect(try await client.history.lines(3) == ["connected", "received one", "received two"])
    #expect(answeredInTime.withLockedValue { $0 })
    try client.end()
    try server.end()
  }

  @Test func `A node that is always busy still hears from its sockets`() async throws {
    let server = try Bench()
    let address = try server.listen()
    server.start { event, host in
      if case .received(let frame, let connection) = event { host.send(frame, on: connection) }
    }
    let directory = TemporaryDirectory(), turns = NIOLockedValueBox(0)
    let client = try LiveHost(name: "client", directory: directory.path)
    client.start { RestlessNode($0, server: address, turns: turns) }
    try await client.ended.get()
    try client.waitUntilEnded()
    #expect(turns.withLockedValue { $0 } < RestlessNode.mostTurns)
    try server.end()
  }

  @Test func `A timer never fires early`() async throws {
    let bench = try Bench()
    let waited = NIOLockedValueBox<[Duration]>([])
    let start = NIOLockedValueBox(Instant.zero)
    bench.start { event, host in
      if event != nil { waited.withLockedValue { $0.append(host.now - start.withLockedValue { $0 }) } }
      start.withLockedValue { $0 = host.now }
      if waited.withLockedValue({ $0.count }) < 20 { host.after(.milliseconds(2), Timer(routine: 0)) }
    }
    #expect(try await bench.history.lines(20) == Array(repeating: "timer 0", count: 20))
    #expect(waited.withLockedValue { $0.allSatisfy { $0 >= .milliseconds(2) } })
    try bench.end()
  }

  @Test func `The end of a disk operation is an event`() async throws {
    let bench = try Bench()
    bench.start { event, host in
      if event == nil { _ = host.disk.replace("file", with: Bytes("content")) }
    }
    #expect(try await bench.history.lines(1) == ["disk ok"])
    try bench.end()
  }

  @Test func `Nothing happens to a node after its exit`() async throws {
    let bench = try Bench()
    bench.start { event, host in
      host.after(.milliseconds(1), Timer(routine: 0, subject: 1))
      if event != nil { host.exit() }
    }
    try bench.host.waitUntilEnded()
    try await Task.sleep(for: .milliseconds(20))
    #expect(bench.history.all == ["timer 1"])
  }

  @Test func `A port can only be taken once`() throws {
    let first = try Bench(), second = try Bench()
    let address = try first.listen()
    #expect(throws: LiveError.portInUse(address)) { try second.host.listen(on: address) }
    try first.end()
    try second.end()
  }

  @Test func `Whoever waits for the end again returns at once, and nothing more happens`() throws {
    let bench = try Bench()
    bench.start { _, _ in }
    try bench.end()
    try bench.host.waitUntilEnded()
    bench.host.shutDown()
    bench.host.kill()
    #expect(try bench.host.ask { _ in true } == nil)
  }

  @Test func `A node with two listeners is told to which of them a peer connected`() throws {
    let bench = try Bench(), loopback = Address(host: "127.0.0.1", port: 0)
    let addresses = [try bench.host.listen(on: loopback), try bench.host.listen(on: loopback)]
    let seen = NIOLockedValueBox<[Int]>([])
    bench.start { event, host in
      if case .accepted(let connection) = event { seen.withLockedValue { $0.append(host.listener(of: connection)) } }
    }
    for place in [1, 0, 1] {
      _ = try PeerSocket(addresses[place])
      let deadline = Instant.ofMachine + .seconds(30)
      let count = seen.withLockedValue(\.count)
      while seen.withLockedValue(\.count) == count, Instant.ofMachine < deadline { usleep(1_000) }
    }
    #expect(seen.withLockedValue { $0 } == [1, 0, 1])
    try bench.end()
  }
}
