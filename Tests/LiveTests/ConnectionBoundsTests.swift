import Glibc
import Host
import NIOConcurrencyHelpers
import Primitives
import Testing

@testable import Live

/// A node whose peers are served as a test says, on a real socket.
private final class Server: Sendable {
  let host: LiveHost
  let address: Address
  private let directory = TemporaryDirectory()
  private let received = NIOLockedValueBox<[String]>([])
  private let warnings: NIOLockedValueBox<[String]>

  init(
    _ settings: [(String, String)] = [], descriptors: DescriptorBudget = .ofProcess,
    _ handle: @escaping @Sendable (Event, any NodeHost) -> Void
  ) throws {
    let warnings = NIOLockedValueBox<[String]>([])
    self.warnings = warnings
    host = try LiveHost(
      name: "server", directory: directory.path, network: NetworkConfiguration.table.configuration(from: settings), descriptors: descriptors
    ) { _, occurrence in
      if case .warning(let text) = occurrence { warnings.withLockedValue { $0.append(text) } }
    }
    address = try host.listen(on: Address(host: "127.0.0.1", port: 0))
    host.start { [received] host in
      HandlingNode(host) { event, host in
        switch event {
        case .received(let frame, _): received.withLockedValue { $0.append(frame.count < 20 ? frame.joined.text ?? "?" : "\(frame.count) bytes") }
        case .disconnected: received.withLockedValue { $0.append("disconnected") }
        default: break
        }
        handle(event, host)
      }
    }
  }

  var frames: [String] { received.withLockedValue { $0 } }
  var warned: [String] { warnings.withLockedValue { $0 } }

  /// What came, as soon as that is so much, or when patience has ended.
  func frames(_ count: Int) -> [String] {
    Patience.wait { frames.count >= count }
    return frames
  }

  /// Runs something on the node's thread.
  func onLoop(_ body: @escaping @Sendable (any NodeHost) -> Void) throws { _ = try host.ask { body(($0 as! HandlingNode).host) } }

  func end() throws {
    host.shutDown()
    try host.waitUntilEnded()
  }
}

private final class HandlingNode: Node {
  let host: any NodeHost
  private let body: @Sendable (Event, any NodeHost) -> Void

  init(_ host: any NodeHost, _ body: @escaping @Sendable (Event, any NodeHost) -> Void) {
    self.host = host
    self.body = body
  }

  func start() {}
  func handle(_ event: Event) { body(event, host) }
  func shutdown() { host.exit() }
}

/// Answers each frame with itself.
@Sendable private func echo(_ event: Event, _ host: any NodeHost) {
  if case .received(let frame, let connection) = event { host.send(frame, on: connection) }
}

/// Holds the peer back with its first frame, until somebody says otherwise.
@Sendable private func holdBack(_ event: Event, _ host: any NodeHost) {
  if case .received(_, let connection) = event { host.pauseReceiving(on: connection) }
}

private func zeros(_ count: Int) -> Bytes {
  Bytes(capacity: count) { room in
    room.initializeMemory(as: UInt8.self, repeating: 0)
    return count
  }
}

@Suite struct ConnectionBoundsTests {
  @Test func `After a waiting request, only what one look at the socket found is read`() throws {
    let server = try Server([], holdBack)
    let peer = try PeerSocket(server.address)
    peer.sendFrame("first")
    let large = PeerSocket.frame([UInt8](repeating: 7, count: 64 << 20))
    let taken = peer.send(large)
    // What the kernel keeps for both ends, and one look.
    #expect(taken < 24 << 20)
    #expect(server.frames == ["first"])
    try server.end()
  }

  @Test func `The opener of a connection is told to stop sending while the peer does not read, and when it may send again`() throws {
    let isHeld = NIOLockedValueBox(false)
    let server = try Server { event, host in
      guard case .received(_, let connection) = event else { return }
      let isFirst = isHeld.withLockedValue { isHeld in
        defer { isHeld = true }
        return !isHeld
      }
      if isFirst { host.pauseReceiving(on: connection) }
    }
    // More than the kernel keeps for both ends.
    let all = 512, frame = Frame(zeros(1 << 16))
    let sent = NIOLockedValueBox(0)
    let directory = TemporaryDirectory()
    let client = try LiveHost(name: "client", directory: directory.path)
    client.start { host in
      HandlingNode(host) { event, host in
        switch event {
        case .connected(let connection), .writable(let connection):
          sent.withLockedValue { sent in
            while sent < all, host.isWritable(connection) {
              host.send(frame, on: connection)
              sent += 1
            }
          }
        default: break
        }
      }
    }
    let address = server.address
    _ = try client.ask { ($0 as! HandlingNode).host.connect(to: address) }
    #expect(server.frames(1).count == 1)
    var last = 0
    while sent.withLockedValue({ $0 }) > last {
      last = sent.withLockedValue { $0 }
      usleep(300_000)
    }
    #expect(last > 0 && last < all * 3 / 4)
    try server.onLoop { $0.resumeReceiving(on: ConnectionID(1)) }
    #expect(server.frames(all).count == all)
    client.shutDown()
    try client.waitUntilEnded()
    try server.end()
  }

  @Test func `What was held back comes later, in order`() throws {
    let server = try Server { event, host in
      if case .received(let frame, let connection) = event, frame.joined.text == "first" { host.pauseReceiving(on: connection) }
    }
    let peer = try PeerSocket(server.address)
    for text in ["first", "second", "third"] { peer.sendFrame(text) }
    usleep(100_000)
    #expect(server.frames == ["first"])
    try server.onLoop { $0.resumeReceiving(on: ConnectionID(1)) }
    #expect(server.frames(3) == ["first", "second", "third"])
    try server.end()
  }

  @Test func `A peer that reads no responses is not served meanwhile`() throws {
    let size = 4 << 20
    let answer = Frame(zeros(size))
    let server = try Server { event, host in
      if case .received(_, let connection) = event { host.send(answer, on: connection) }
    }
    let peer = try PeerSocket(server.address, receiveBuffer: 4_096)
    for number in 0..<30 { peer.sendFrame("\(number)") }
    usleep(300_000)
    #expect(server.frames.count < 5)
    for _ in 0..<30 { #expect(peer.receiveFrame()?.count == size) }
    #expect(server.frames == (0..<30).map(String.init))
    try server.end()
  }

  @Test func `Unwritten responses leave less room for others and give it back`() throws {
    let much = Frame(zeros(100 << 20))
    let server = try Server { event, host in
      guard case .received(let frame, let connection) = event else { return }
      host.send(frame.joined.text == "room" ? Frame(Bytes("\(host.answerRoom >> 20)")) : much, on: connection)
    }
    let silent = try PeerSocket(server.address, receiveBuffer: 4_096), other = try PeerSocket(server.address)
    func room() -> Int? {
      other.sendFrame("room")
      return other.receiveFrame().flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }
    #expect(room() == 128)
    silent.sendFrame("much")
    #expect(server.frames(2).count == 2)
    let left = try #require(room())
    #expect(left >= 28 && left < 40)
    silent.close()
    Patience.wait { room() == 128 }
    #expect(room() == 128)
    try server.end()
  }

  @Test func `A connection with many requests gives others their turn`() throws {
    let server = try Server { event, host in
      if case .received(let frame, _) = event, frame.joined.text == "stop" { usleep(200_000) }
    }
    let busy = try PeerSocket(server.address), other = try PeerSocket(server.address)
    busy.sendFrame("stop")
    busy.send((0..<20_000).flatMap { _ in PeerSocket.frame([120]) })
    other.sendFrame("other")
    let frames = server.frames(20_002)
    #expect(frames.count == 20_002)
    #expect(try #require(frames.firstIndex(of: "other")) < 20_001)
    try server.end()
  }

  @Test func `Requests begin only while there is memory for them`() throws {
    let server = try Server([("socket.request.max.bytes", "1000"), ("queued.max.request.bytes", "1000")], echo)
    let slow = try PeerSocket(server.address), other = try PeerSocket(server.address)
    let frame = PeerSocket.frame([UInt8](repeating: 65, count: 1_000))
    slow.send(Array(frame[..<100]))
    usleep(50_000)
    other.sendFrame("waits")
    #expect(other.receiveFrame(milliseconds: 200) == nil)
    slow.send(Array(frame[100...]))
    #expect(other.receiveFrame() == Array("waits".utf8))
    #expect(server.frames == ["1000 bytes", "waits"])
    // A peer that goes gives back what it took.
    slow.send(Array(frame[..<100]))
    usleep(50_000)
    slow.close()
    other.sendFrame("again")
    #expect(other.receiveFrame() == Array("again".utf8))
    try server.end()
  }

  @Test func `A full request queue stops reads from sockets and loses nothing`() throws {
    let server = try Server([("queued.max.requests", "1")], echo)
    let peers = try (0..<4).map { _ in try PeerSocket(server.address) }
    let burst = (0..<500).flatMap { _ in PeerSocket.frame([120]) }
    for peer in peers { peer.send(burst) }
    for peer in peers { #expect(peer.receive(burst.count) == burst) }
    try server.end()
  }

  @Test func `The input of a gone peer is handled up to its first response`() throws {
    let server = try Server { event, host in
      guard case .received(let frame, let connection) = event else { return }
      if frame.joined.text == "wait" { host.pauseReceiving(on: connection) }
      if frame.joined.text == "ask" { host.send(frame, on: connection) }
    }
    let peer = try PeerSocket(server.address)
    for text in ["wait", "one", "two", "ask", "three"] { peer.sendFrame(text) }
    _ = server.frames(1)
    peer.close()
    usleep(50_000)
    #expect(server.frames == ["wait"])
    try server.onLoop { $0.resumeReceiving(on: ConnectionID(1)) }
    #expect(server.frames(5) == ["wait", "one", "two", "ask", "disconnected"])
    try server.end()
  }

  @Test func `Connections above the limit wait until others are closed`() throws {
    let server = try Server([("max.connections", "2")], echo)
    let peers = try (0..<3).map { _ in try PeerSocket(server.address) }
    for peer in peers { peer.sendFrame("hello") }
    #expect(peers[0].receiveFrame() != nil && peers[1].receiveFrame() != nil)
    #expect(peers[2].receiveFrame(milliseconds: 200) == nil)
    peers[0].close()
    #expect(peers[2].receiveFrame() == Array("hello".utf8))
    #expect(server.warned == ["no more connections are accepted: 2 are open, the maximum that max.connections allows"])
    try server.end()
  }

  @Test func `Limits follow their settings while connections are open`() throws {
    let server = try Server([("max.connections", "1")], echo)
    let peers = try (0..<2).map { _ in try PeerSocket(server.address) }
    for peer in peers { peer.sendFrame("hello") }
    #expect(peers[0].receiveFrame() != nil)
    #expect(peers[1].receiveFrame(milliseconds: 200) == nil)
    try server.onLoop { ($0 as! LiveHost).changeNetwork([("max.connections", "2")]) }
    #expect(peers[1].receiveFrame() != nil)
    // Those that came before there was a limit count as well.
    try server.onLoop { ($0 as! LiveHost).changeNetwork([("max.connections", "5"), ("max.connections.per.ip", "2")]) }
    #expect(try PeerSocket(server.address).isClosed)
    try server.end()
  }

  @Test func `An address has its own limit`() throws {
    let strict = try Server([("max.connections.per.ip", "1")], echo)
    let first = try PeerSocket(strict.address), second = try PeerSocket(strict.address)
    first.sendFrame("hello")
    #expect(first.receiveFrame() != nil)
    #expect(second.isClosed)
    first.close()
    var isServed = false
    try Patience.wait {
      let third = try PeerSocket(strict.address)
      third.sendFrame("hello")
      isServed = third.receiveFrame() != nil
      return isServed
    }
    #expect(isServed)
    try strict.end()

    let lenient = try Server([("max.connections.per.ip", "0"), ("max.connections.per.ip.overrides", "127.0.0.1:2")], echo)
    let peers = try (0..<3).map { _ in try PeerSocket(lenient.address) }
    for peer in peers[..<2] { peer.sendFrame("hello") }
    #expect(peers[0].receiveFrame() != nil && peers[1].receiveFrame() != nil)
    #expect(peers[2].isClosed)
    try lenient.end()
  }

  @Test func `An idle connection is closed, and one in use is not`() throws {
    let server = try Server([("connections.max.idle.ms", "2000")], echo)
    let idle = try PeerSocket(server.address), used = try PeerSocket(server.address)
    Patience.wait {
      used.sendFrame("hello")
      return used.receiveFrame() == nil || idle.isClosed(within: 100)
    }
    #expect(idle.isClosed)
    used.sendFrame("hello")
    #expect(used.receiveFrame() != nil)
    try server.end()
  }

  @Test func `Without descriptors no connection is accepted, and existing ones are served`() throws {
    let budget = DescriptorBudget(limit: 32 + 16 + 18, nodes: 1)
    let server = try Server(descriptors: budget, echo)
    let peers = try (0..<3).map { _ in try PeerSocket(server.address) }
    for peer in peers { peer.sendFrame("hello") }
    #expect(peers[0].receiveFrame() != nil && peers[1].receiveFrame() != nil)
    #expect(peers[2].receiveFrame(milliseconds: 300) == nil)
    peers[0].sendFrame("still there")
    #expect(peers[0].receiveFrame() != nil)
    peers[1].close()
    #expect(peers[2].receiveFrame() != nil)
    #expect(server.warned.count == 1 && server.warned[0].contains("ulimit -n"))
    try server.end()
  }
}

@Suite struct ConnectionRateTests {
  @Test func `A rate below the limit does not cause waits`() {
    var rate = ConnectionRate(limit: 10)
    for step in 0..<200 { #expect(rate.record(at: Instant(nanoseconds: Int64(step) * 125_000_000)) == .zero) }
  }

  @Test func `A burst waits as long as its mean needs to come down`() {
    var rate = ConnectionRate(limit: 10)
    // Ten empty windows count: one hundred connections are ten in a second.
    for _ in 0..<100 { #expect(rate.record(at: .zero) == .zero) }
    #expect(rate.record(at: .zero) == .milliseconds(100))
    #expect(rate.record(at: .zero) == .milliseconds(200))
    for _ in 0..<50 { _ = rate.record(at: .zero) }
    #expect(rate.record(at: .zero) == .seconds(1))
  }

  @Test func `Old connections do not count`() {
    var rate = ConnectionRate(limit: 1)
    for _ in 0..<50 { _ = rate.record(at: .zero) }
    #expect(rate.record(at: .zero + .seconds(12)) == .zero)
  }

  @Test func `A limit of zero slows each connection down`() {
    var rate = ConnectionRate(limit: 0)
    #expect(rate.record(at: .zero) == .seconds(1))
  }
}

@Suite struct NetworkConfigurationTests {
  private func read(_ values: (String, String)...) throws -> NetworkConfiguration {
    let configuration = try NetworkConfiguration.table.configuration(from: values)
    try configuration.check()
    return configuration
  }

  @Test func `The defaults are Kafka's`() {
    let defaults = Dictionary(uniqueKeysWithValues: NetworkConfiguration.table.values(of: NetworkConfiguration()).map { ($0.name, $0.value) })
    #expect(
      defaults == [
        "socket.request.max.bytes": "104857600", "queued.max.requests": "500", "queued.max.request.bytes": "-1", "max.connections": "2147483647",
        "max.connections.per.ip": "2147483647", "max.connections.per.ip.overrides": "", "max.connection.creation.rate": "2147483647",
        "connections.max.idle.ms": "600000",
      ])
  }

  @Test func `Settings that contradict each other are refused`() {
    #expect(throws: ConfigurationError.self) { try read(("queued.max.request.bytes", "1000")) }
    #expect(throws: ConfigurationError.self) { try read(("max.connections.per.ip", "0")) }
    #expect(throws: Never.self) { try read(("max.connections.per.ip", "0"), ("max.connections.per.ip.overrides", "127.0.0.1:3")) }
    #expect(throws: Never.self) { try read(("queued.max.request.bytes", "1000"), ("socket.request.max.bytes", "1000")) }
  }

  @Test(arguments: ["127.0.0.1", ":5", "127.0.0.1:-1", "127.0.0.1:many", "no such host:3"])
  func `An override needs a host and a number`(text: String) {
    #expect(throws: ConfigurationError.self) { try read(("max.connections.per.ip.overrides", text)) }
  }

  @Test func `Numbers that mean no limit are read as no limit`() throws {
    let configuration = try read(("queued.max.request.bytes", "0"), ("connections.max.idle.ms", "-1"))
    #expect(configuration.maxQueuedRequestBytes == nil && configuration.maxIdle == nil)
    #expect(try read(("connections.max.idle.ms", "9223372036854775807")).maxIdle == nil)
  }
}
