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

  init(_ inner: any NodeHost) { self.inner = inner }

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

  init(_ host: any NodeHost) {
    self.host = WatchedHost(host)
    reactor = Reactor(host: self.host)
  }

  func start() {
    let apis = [OfferedApi(.apiVersions, advertised: 0...0), OfferedApi(.metadata, advertised: 1...1)]
    server = RequestServer(reactor: reactor, apis: apis) { [unowned self] request in
      if request.apiKey == .metadata { waiting.append(request) } else { request.respond(ApiVersionsResponse()) }
    }
  }

  func answer() { waiting.removeFirst().respond(MetadataResponse()) }
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
  private func server(receiving frames: [Frame]) throws -> (World, ServerNode) {
    var options = WorldOptions()
    options.machine = .ideal
    let world = World(seed: 1, options: options)
    var node: ServerNode?
    let index = world.addNode(name: "server", port: 9092) { host in
      let server = ServerNode(host)
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

  @Test func aPeerIsHeldBackWhileItsRequestWaitsAndNotLonger() throws {
    let (world, node) = try server(receiving: [metadata(1)])
    #expect(node.host.steps == ["pause"])
    node.answer()
    #expect(node.host.steps == ["pause", "answer", "resume"])
    withExtendedLifetime(world) {}
  }

  @Test func requestsThatAreAnsweredAtOnceHoldNobodyBack() throws {
    let (world, node) = try server(receiving: [versions(1), versions(2), versions(3)])
    #expect(node.host.steps == ["answer", "answer", "answer"])
    withExtendedLifetime(world) {}
  }

  @Test func oneRequestOfAConnectionIsUnderWayAtATimeWhateverWasDeliveredBehindIt() throws {
    let (world, node) = try server(receiving: [metadata(1), metadata(2), versions(3)])
    #expect(node.waiting.count == 1)
    node.answer()
    #expect(node.waiting.count == 1)
    node.answer()
    #expect(node.host.steps == ["pause", "answer", "answer", "answer", "resume"])
    withExtendedLifetime(world) {}
  }

  @Test func whoAsksForWhatIsNotOfferedIsToldOfOnce() throws {
    let unknown = try Frame.request(FindCoordinatorRequest(), version: 0, correlationID: 1, clientID: "consumer")
    let (world, node) = try server(receiving: [unknown])
    #expect(node.host.steps == ["client 'consumer' asked for FindCoordinator, which is not offered here: its connection is closed"])
    withExtendedLifetime(world) {}
  }
}
