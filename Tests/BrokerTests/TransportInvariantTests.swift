import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Transport

/// What must hold of links and connections between two events. Each is broken on purpose by a change of the state that no call would make.
@Suite struct TransportInvariantTests {
  /// Asks for the API versions, and takes its time with an answer.
  private final class Peer: Node {
    let reactor: Reactor
    let sender: RequestSender
    private(set) var server: RequestServer!
    private var asked: IncomingRequest?
    private let target: Address?

    init(_ host: any NodeHost, asking target: Address?) {
      reactor = Reactor(host: host)
      sender = RequestSender(reactor: reactor, clientID: "peer")
      self.target = target
    }

    func start() {
      server = RequestServer(reactor: reactor, apis: [OfferedApi(.apiVersions, advertised: ApiVersionsRequest.validVersions)]) { [unowned self] in asked = $0 }
      if let target { sender.send(ApiVersionsRequest(), to: target, timeout: .seconds(5)) { _ in } }
    }

    func handle(_ event: Event) { reactor.dispatch(event) }
    func shutdown() { reactor.host.exit() }

    func answer(times: Int = 1) {
      for _ in 0..<times { asked?.respond(ApiVersionsResponse()) }
      asked = nil
    }

    var broken: [String] {
      var check = InvariantCheck()
      sender.checkInvariants(&check)
      server.checkInvariants(&check, "server")
      return check.broken
    }
  }

  /// One peer has asked the other one, which has not answered yet.
  private struct Pair {
    let world: World
    let asking: Peer
    let asked: Peer

    init() {
      let target = Address(host: "asked", port: 9092)
      let world = World(seed: 1)
      self.world = world
      let nodes = [world.addNode(name: "asked") { Peer($0, asking: nil) }, world.addNode(name: "asking") { Peer($0, asking: target) }]
      for node in nodes { world.start(node) }
      world.run(for: .milliseconds(50))
      asked = world.object(of: nodes[0]) as! Peer
      asking = world.object(of: nodes[1]) as! Peer
    }
  }

  @Test func `Peers keep the invariants before a response, after it, and when the other one is gone`() {
    let pair = Pair()
    #expect(pair.asking.sender.inFlight(to: Address(host: "asked", port: 9092)) == 1)
    #expect(pair.asking.broken == [] && pair.asked.broken == [])
    pair.asked.answer()
    pair.world.run(for: .milliseconds(50))
    #expect(pair.asking.sender.inFlight(to: Address(host: "asked", port: 9092)) == 0)
    #expect(pair.asking.broken == [] && pair.asked.broken == [])
    pair.asking.sender.disconnect(from: Address(host: "asked", port: 9092))
    pair.world.run(for: .milliseconds(50))
    #expect(pair.asking.broken == [] && pair.asked.broken == [])
  }

  @Test func `A timer of a link that waited to connect finds nobody when its sender is released, however often the link waited`() {
    let pair = Pair(), address = Address(host: "asked", port: 9092)
    var sender: RequestSender? = RequestSender(reactor: pair.asking.reactor, clientID: "released")
    for isLast in [false, false, true] {
      sender?.send(ApiVersionsRequest(), to: address, timeout: .seconds(5)) { _ in }
      if !isLast { sender?.disconnect(from: address) }
    }
    #expect(sender?.allLinks.first?.connectTimer != nil)
    sender = nil
    pair.world.run(for: .seconds(5))
    #expect(pair.asking.broken == [])
  }

  @Test func `A request without a timer is reported`() throws {
    let pair = Pair()
    let link = try #require(pair.asking.sender.allLinks.first)
    let deadline = try #require(link.pending.first?.deadline)
    link.deadlineTimer.cancel()
    #expect(pair.asking.broken == ["peer: a request to asked:9092 has to be answered at \(deadline), and no timer looks after it"])
  }

  @Test func `An answer that no timer waited for, and a request that is answered twice, are told of`() throws {
    let pair = Pair()
    let link = try #require(pair.asking.sender.allLinks.first)
    let deadline = try #require(link.pending.first?.deadline)
    BrokenInvariants.forget()
    pair.asking.sender.requireTimer(of: link)
    #expect(BrokenInvariants.isEmpty)
    link.deadlineTimer.cancel()
    pair.asking.sender.requireTimer(of: link)
    #expect(BrokenInvariants.take() == ["peer: a request to asked:9092 had to be answered at \(deadline), and no timer looked after it"])
    let connection = try #require(pair.asked.server.channels.all.first?.connection)
    pair.asked.answer(times: 2)
    #expect(BrokenInvariants.take() == ["\(connection): a ApiVersions request is answered twice"])
  }

  @Test func `Requests that wait although no connection is coming, or although there is one, are reported`() throws {
    let pair = Pair()
    let link = try #require(pair.asking.sender.allLinks.first)
    link.unsent.append(Frame(Bytes("late")))
    #expect(pair.asking.broken == ["peer: 1 requests to asked:9092 were not sent, and there is a connection"])
    link.state = .closed
    #expect(pair.asking.broken == ["peer: 1 requests to asked:9092 wait, and there is no connection to come"])
  }

  @Test func `A connection that is not held back during a request is reported, and so is one taken outside of an event`() throws {
    let pair = Pair()
    let channel = try #require(pair.asked.server.channels.all.first)
    channel.isMuted = false
    #expect(pair.asked.broken == ["server, \(channel.connection): the peer is not held back, and a request is under way"])
    channel.isMuted = true
    channel.isTaking = true
    #expect(pair.asked.broken == ["server, \(channel.connection): a request is being taken, and no event is handled"])
    channel.isTaking = false
    channel.waiting.append(Frame(Bytes("next")))
    #expect(pair.asked.broken == [])
    (channel.isBusy, channel.isMuted) = (false, false)
    #expect(pair.asked.broken == ["server, \(channel.connection): 1 requests wait, and none is under way"])
  }

  @Test func `A link without a timer, or one that hears nothing from its connection, is reported`() throws {
    let pair = Pair()
    let link = try #require(pair.asking.sender.allLinks.first), open = link.state
    link.state = .waiting
    #expect(pair.asking.broken == ["peer: the link to asked:9092 waits to connect, and no timer looks after it"])
    link.state = .connecting(ConnectionID(9_999))
    #expect(pair.asking.broken == ["peer: what comes on connection 9999 is not for the link to asked:9092"])
    link.state = open
    #expect(pair.asking.broken == [])
  }

  @Test func `Links that cannot be found by their addresses are reported, and so are more addresses than links`() throws {
    let pair = Pair()
    let sender = pair.asking.sender
    func broken() -> [String] {
      var check = InvariantCheck()
      sender.checkInvariants(&check)
      return check.broken
    }
    let link = try #require(sender.allLinks.first)
    let other = PeerLink(address: link.address, reactor: sender.reactor) { _ in }
    #expect(broken() == [])
    sender.links[Address(host: "other", port: 9092)] = other
    #expect(broken() == ["peer: there are 1 links, and 2 are found by their addresses"])
    sender.links = [link.address: other]
    #expect(broken() == ["peer: the link to asked:9092 is not found by its address"])
    sender.links = [link.address: link]
    #expect(pair.asking.broken == [])
  }

  @Test func `A connection that has ended and is kept for no reason is reported`() throws {
    let pair = Pair()
    let channel = try #require(pair.asked.server.channels.all.first)
    channel.isOpen = false
    #expect(pair.asked.broken == [], "its request is under way")
    channel.isBusy = false
    #expect(pair.asked.broken.contains("server, \(channel.connection): it has ended, nothing of it is under way, and it is kept"))
  }
}
