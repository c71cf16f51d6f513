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
