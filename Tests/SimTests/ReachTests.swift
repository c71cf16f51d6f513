import Host
import Primitives
import Testing

@testable import Sim

/// What an observer may ask a world, and how it ends what goes round in a circle.
@Suite struct ReachTests {
  @Test func `A run ends at its limit of events if time stands still`() {
    let world = World(seed: 1, options: .ideal)
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { $0.host.after(.zero, Timer(routine: 1)) }
      $0.onEvent = { probe, _ in probe.host.after(.zero, Timer(routine: 1)) }
    }
    world.eventLimit = 1_000
    world.run(for: .seconds(1))
    #expect(world.isAtEventLimit && world.statistics.events == 1_000)
    #expect(world.now < .zero + .seconds(1))
    #expect(notes.events.count == 999)
  }

  @Test(arguments: [(.slow(.seconds(1)), false), (.stalled, false), (.phantomWrite, true), (.inputOutputErrorOnSync, true)] as [(DiskFault.Kind, Bool)])
  func `What a disk has said is true as long as its faults only take time`(kind: DiskFault.Kind, isUnsound: Bool) {
    let bench = DiskBench()
    let fault = bench.world.apply(DiskFault(kind), on: [bench.node], name: "fault")
    #expect(bench.world.hasDiskFault(bench.node) && bench.world.hasUnsoundDisk(bench.node) == isUnsound)
    bench.world.lift(fault)
    #expect(!bench.world.hasDiskFault(bench.node) && !bench.world.hasUnsoundDisk(bench.node))
  }

  @Test func `A request is under way until the receiving node has read it`() {
    let world = World(seed: 1)
    let (server, notes) = world.addProbe("server")
    let (client, clientNotes) = world.addProbe("client")
    world.run(for: .milliseconds(1))
    let connection = clientNotes.probe!.host.connect(to: world.address(of: server))
    world.run(for: .milliseconds(10))
    #expect(!world.hasRequestsUnderWay(from: client))
    // On a link of 10 Gb/s, some 8 ms.
    clientNotes.probe!.host.send(Frame(Bytes(Array(repeating: 1, count: 10_000_000))), on: connection)
    #expect(world.hasRequestsUnderWay(from: client))
    world.run(for: .milliseconds(2))
    #expect(world.hasRequestsUnderWay(from: client))
    world.run(for: .seconds(1))
    #expect(notes.received.count == 1)
    #expect(!world.hasRequestsUnderWay(from: client))
  }

  @Test func `What is in the way of messages is told with the time since which it is`() {
    let pair = Pair(), world = pair.world
    #expect(world.obstacle(from: pair.client, to: pair.server) == nil && world.stoppedMessage(between: pair.client, and: pair.server) == nil)
    world.run(for: .seconds(2))
    let cut = world.apply(.cut(from: [pair.server], to: [pair.client]), name: "cut"), since = world.now
    #expect(world.obstacle(from: pair.client, to: pair.server) == nil)
    #expect(world.obstacle(from: pair.server, to: pair.client)?.word == "cut" && world.obstacle(from: pair.server, to: pair.client)?.since == since)
    world.lift(cut)
    #expect(world.obstacle(from: pair.server, to: pair.client) == nil)
    world.apply(MessageRule(.drop, .request, apiKey: 1, to: [pair.server]), name: "drop")
    #expect(world.stoppedMessage(between: pair.client, and: pair.server) == nil, "it has stopped nothing yet")
    pair.request(api: 1, correlation: 1)
    world.run(for: .seconds(1))
    let stopped = world.stoppedMessage(between: pair.server, and: pair.client)
    #expect(stopped?.from == pair.client && stopped?.to == pair.server && stopped?.apiKey == 1 && stopped?.obstacle.word == "dropped")
  }

  @Test func `Nodes are connected while both run and nothing separates them`() {
    let world = World(seed: 1)
    let (one, _) = world.addProbe("one")
    let (other, _) = world.addProbe("other")
    #expect(world.areConnected(one, other))
    let cut = world.apply(.cut(from: [other], to: [one]), name: "cut")
    #expect(!world.areConnected(one, other))
    world.lift(cut)
    let rule = world.apply(MessageRule(.drop, .request, apiKey: 1), name: "rule")
    #expect(!world.areConnected(one, other))
    world.release(rule)
    world.pause(other)
    #expect(!world.areConnected(one, other))
  }
}
