import Host
import Primitives
import Sim
import Testing
import Transport
import Wire

/// The simulated host of a server, which writes down when its peers are held back.
private final class WatchedHost: NodeHost {
  private let inner: any NodeHost
  private(set) var steps: [String] = []

  let watchesClients: Bool

  init(_ inner: any NodeHost, watchesClients: Bool) {
    self.inner = inner
    self.watchesClients = watchesClients
  }

  var now: Instant { inner.now }
  var wallClock: Timestamp { inner.wallClock }
  var random: RandomStream {
    get { inner.random }
    set { inner.random = newValue }
  }
  var disk: any Disk { inner.disk }
  func after(_ delay: Duration, _ timer: Timer) -> TimerID { inner.after(delay, timer) }
  func cancel(_ timer: TimerID) { inner.cancel(timer) }
  func connect(to address: Address) -> ConnectionID { inner.connect(to: address) }
  func send(_ frame: Frame, on connection: ConnectionID) {
    steps.append("answer")
    inner.send(frame, on: connection)
  }
  func close(_ connection: ConnectionID) { inner.close(connection) }
  func pauseReceiving(on connection: ConnectionID) { steps.append("pause") }
  func resumeReceiving(on connection: ConnectionID) { steps.append("resume") }
  func spend(_ cost: Cost) { inner.spend(cost) }
  func report(_ occurrence: Occurrence) {
    if case .warning(let text) = occurrence { steps.append(text) }
    inner.report(occurrence)
  }
  func exit() { inner.exit() }
}

/// Answers ApiVersions at once, and Metadata when it is told to.
private final class ServerNode: Node {
  let host: WatchedHost
  private let reactor: Reactor
  private var server: RequestServer!
  private(set) var waiting: [IncomingRequest] = []

  /// What Metadata is answered with.
  var response = MetadataResponse()

  init(_ host: any NodeHost, watchesClients: Bool) {
    self.host = WatchedHost(host, watchesClients: watchesClients)
    reactor = Reactor(host: self.host)
  }

  func start() {
    let apis = [OfferedApi(.apiVersions, advertised: 0...0), OfferedApi(.metadata, advertised: 1...1)]
    server = RequestServer(reactor: reactor, apis: apis) { [unowned self] request in
      if request.apiKey == .metadata { waiting.append(request) } else { request.respond(ApiVersionsResponse()) }
    }
  }

  func answer() { waiting.removeFirst().respond(response) }
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { host.exit() }
}

private final class SenderNode: Node {
  private let host: any NodeHost
  private let frames: [Frame]

  init(_ host: any NodeHost, _ frames: [Frame]) {
    self.host = host
    self.frames = frames
  }

  func start() {
    let connection = host.connect(to: Address(host: "server", port: 9092))
    for frame in frames { host.send(frame, on: connection) }
  }

  func handle(_ event: Event) {}
  func shutdown() { host.exit() }
}

@Suite struct RequestServerTests {
  private func server(receiving frames: [Frame], watchesClients: Bool = false) throws -> (World, ServerNode) {
    var options = WorldOptions()
    options.machine = .ideal
    let world = World(seed: 1, options: options)
    var node: ServerNode?
    let index = world.addNode(name: "server", port: 9092) { host in
      let server = ServerNode(host, watchesClients: watchesClients)
      node = server
      return server
    }
    let sender = world.addNode(name: "sender") { SenderNode($0, frames) }
    world.start(index)
    world.start(sender)
    world.run(until: world.now + .seconds(1))
    return (world, try #require(node))
  }

  private func metadata(_ id: Int32) throws -> Frame { try Frame.request(MetadataRequest(), version: 1, correlationID: id, clientID: "c") }
  private func versions(_ id: Int32) throws -> Frame { try Frame.request(ApiVersionsRequest(), version: 0, correlationID: id, clientID: "c") }

  @Test func `A peer is held back while its request waits, and no longer`() throws {
    let (world, node) = try server(receiving: [metadata(1)])
    #expect(node.host.steps == ["pause"])
    node.answer()
    #expect(node.host.steps == ["pause", "answer", "resume"])
    withExtendedLifetime(world) {}
  }

  @Test func `Requests that are answered immediately hold no peer back`() throws {
    let (world, node) = try server(receiving: [versions(1), versions(2), versions(3)])
    #expect(node.host.steps == ["answer", "answer", "answer"])
    withExtendedLifetime(world) {}
  }

  @Test func `A request that somebody holds is not taken for the next one`() throws {
    let (world, node) = try server(receiving: [metadata(1), metadata(2), metadata(3)])
    let first = node.waiting[0]
    node.answer()
    #expect(node.waiting[0] !== first)
    #expect(first.correlationID == 1 && node.waiting[0].correlationID == 2)
    node.answer()
    #expect(node.waiting[0].correlationID == 3)
    withExtendedLifetime((world, first)) {}
  }

  @Test func `One request of a connection is under way at a time, whatever was delivered behind it`() throws {
    let (world, node) = try server(receiving: [metadata(1), metadata(2), versions(3)])
    #expect(node.waiting.count == 1)
    node.answer()
    #expect(node.waiting.count == 1)
    node.answer()
    #expect(node.host.steps == ["pause", "answer", "answer", "answer", "resume"])
    withExtendedLifetime(world) {}
  }

  @Test func `A request for an API that is not offered is reported once`() throws {
    let unknown = try Frame.request(FindCoordinatorRequest(), version: 0, correlationID: 1, clientID: "consumer")
    let (world, node) = try server(receiving: [unknown])
    #expect(node.host.steps == ["client 'consumer' at 127.0.0.1 asked for FindCoordinator, which is not offered here: its connection is closed"])
    withExtendedLifetime(world) {}
  }

  // MARK: What clients ask for in vain

  private func complaints(of node: ServerNode) -> [String] { node.host.steps.filter { $0.hasPrefix("client") } }

  @Test func `An unsupported version, a truncated request and bytes that are not a request are reported if clients are watched`() throws {
    let newer = try Frame.request(MetadataRequest(), version: 9, correlationID: 1, clientID: "newer")
    let (world, node) = try server(receiving: [newer], watchesClients: true)
    #expect(complaints(of: node) == ["client 'newer' at 127.0.0.1 asked for Metadata at version 9, and versions 1 to 1 are offered: its connection is closed"])
    withExtendedLifetime(world) {}
    let (other, garbled) = try server(receiving: [Frame(Bytes([1, 2, 3]))], watchesClients: true)
    #expect(complaints(of: garbled) == ["client '' at 127.0.0.1 sent 3 bytes that are no request: its connection is closed"])
    withExtendedLifetime(other) {}
    let (third, silent) = try server(receiving: [newer])
    #expect(complaints(of: silent).isEmpty)
    withExtendedLifetime(third) {}
  }

  @Test func `Refusals in responses are reported with their subject, once a minute for each client, and the rest after the minute`() throws {
    let (world, node) = try server(receiving: [metadata(1), metadata(2), metadata(3)], watchesClients: true)
    func answer(_ code: ErrorCode, about name: String) {
      var topic = MetadataResponse.MetadataResponseTopic()
      topic.name = name
      topic.errorCode = code
      node.response.topics = [topic]
      node.answer()
    }
    answer(.invalidTopicException, about: "a b")
    answer(.unknownTopicOrPartition, about: "c")
    // It only has to look again.
    answer(.leaderNotAvailable, about: "d")
    #expect(complaints(of: node) == ["client 'c' at 127.0.0.1 asked for Metadata, and is refused 'a b': INVALID_TOPIC_EXCEPTION"])
    world.run(until: world.now + .seconds(61))
    #expect(complaints(of: node).dropFirst() == ["client 'c' at 127.0.0.1 in the last minute: asked for Metadata, and is refused 'c': UNKNOWN_TOPIC_OR_PARTITION"])
  }
}
