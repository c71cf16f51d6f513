import Host
import Primitives
import Testing

@testable import Sim

@Suite struct LinkTests {
  @Test func `A world has as many links as were used, however many nodes it has`() {
    let world = World(seed: 1, options: .ideal)
    let (server, _) = world.addProbe("server")
    let clients = (0..<300).map { world.addProbe("client-\($0)") }
    #expect(world.network.links.count == 0)
    world.run(for: .milliseconds(1))
    for client in clients.prefix(10) { _ = client.notes.probe!.host.connect(to: world.address(of: server)) }
    _ = clients[0].notes.probe!.host.connect(to: world.address(of: server))
    world.run(for: .milliseconds(1))
    #expect(world.network.links.count == 20)
  }

  @Test func `A link that is first used during a fault is affected by it`() {
    let world = World(seed: 1, options: .ideal)
    let (server, notes) = world.addProbe("server")
    let (client, clientNotes) = world.addProbe("client")
    let (bystander, bystanderNotes) = world.addProbe("bystander")
    world.run(for: .milliseconds(1))
    let fault = world.apply(.isolate([client]), name: "isolation")
    let connection = clientNotes.probe!.host.connect(to: world.address(of: server))
    let other = bystanderNotes.probe!.host.connect(to: world.address(of: server))
    clientNotes.probe!.send("stopped", on: connection)
    bystanderNotes.probe!.send("passes", on: other)
    world.run(for: .seconds(1))
    #expect(notes.received == ["passes"])
    #expect(bystander != client)
    world.lift(fault)
    world.run(for: .seconds(1))
    #expect(notes.received == ["passes", "stopped"])
  }

  @Test func `A node that is added during a fault is in none of its groups`() {
    let pair = Pair()
    pair.world.apply(.partition([[pair.client], [pair.server]]), name: "partition")
    let (_, notes) = pair.world.addProbe("late")
    pair.world.run(for: .milliseconds(1))
    let connection = notes.probe!.host.connect(to: pair.world.address(of: pair.server))
    notes.probe!.send("late", on: connection)
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == ["late"])
  }

  @Test func `Events on a link do not depend on when it was first used`() {
    func times(withOthersBefore: Bool) -> [Instant] {
      var options = WorldOptions.ideal
      options.machine.network.jitterMean = .microseconds(20)
      let world = World(seed: 7, options: options)
      let (server, serverNotes) = world.addProbe("server")
      let (_, notes) = world.addProbe("client")
      let (_, others) = world.addProbe("other")
      world.run(for: .milliseconds(1))
      if withOthersBefore { _ = others.probe!.host.connect(to: world.address(of: server)) }
      world.run(for: .milliseconds(1))
      let connection = notes.probe!.host.connect(to: world.address(of: server))
      for number in 0..<20 { notes.probe!.send("\(number)", on: connection) }
      world.run(for: .milliseconds(10))
      return (0..<20).compactMap { serverNotes.time(of: "received \($0)") }
    }
    let alone = times(withOthersBefore: false)
    #expect(alone.count == 20)
    #expect(alone == times(withOthersBefore: true))
  }
}
