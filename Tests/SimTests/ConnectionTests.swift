import Host
import Primitives
import Testing

@testable import Sim

@Suite struct ConnectionTests {
  @Test func `A connection takes a round trip to open`() {
    let pair = Pair()
    #expect(pair.serverNotes.story == ["accepted"])
    #expect(pair.clientNotes.story == ["connected"])
    let asked = Instant.zero + .milliseconds(1)
    #expect(pair.serverNotes.events[0].time - asked >= .microseconds(50))
    #expect(pair.clientNotes.events[0].time - asked >= .microseconds(100))
    #expect(pair.clientNotes.events[0].time - asked < .microseconds(101))
  }

  @Test func `Frames arrive in the order in which they were sent`() {
    var options = WorldOptions.ideal
    options.machine.network.jitterMean = .microseconds(500)
    let pair = Pair(options: options)
    pair.world.run(for: .milliseconds(50))
    let sent = (0..<200).map { "frame \($0)" }
    for text in sent { pair.sendFromClient(text) }
    pair.world.run(for: .milliseconds(100))
    #expect(pair.serverNotes.received == sent)
  }

  @Test func `Frames sent before the connection is open wait for it`() {
    let world = World(seed: 1, options: .ideal)
    let (_, server) = world.addProbe("server")
    let (_, client) = world.addProbe("client") {
      $0.onStart = { probe in
        let connection = probe.host.connect(to: Address(host: "server", port: 9092))
        probe.send("early", on: connection)
        probe.send("bird", on: connection)
      }
    }
    world.run(for: .milliseconds(1))
    #expect(client.story == ["connected"])
    #expect(server.story == ["accepted", "received early", "received bird"])
  }

  @Test func `A machine without the process refuses after a round trip`() {
    let pair = Pair()
    pair.world.kill(pair.server)
    pair.world.run(for: .milliseconds(1))
    pair.clientNotes.events = []
    let asked = pair.world.now
    _ = pair.clientNotes.probe!.host.connect(to: pair.world.address(of: pair.server))
    pair.world.run(for: .seconds(1))
    #expect(pair.clientNotes.story == ["disconnected"])
    #expect(pair.clientNotes.events[0].time - asked >= .microseconds(100))
  }

  @Test func `An unknown name is refused`() {
    let pair = Pair()
    _ = pair.clientNotes.probe!.host.connect(to: Address(host: "nobody", port: 1))
    pair.world.run(for: .milliseconds(2))
    #expect(pair.clientNotes.story == ["connected", "disconnected"])
  }

  @Test func `A machine without power never answers and connecting times out`() {
    let pair = Pair()
    pair.world.powerLoss(pair.server)
    pair.clientNotes.events = []
    let asked = pair.world.now
    _ = pair.clientNotes.probe!.host.connect(to: pair.world.address(of: pair.server))
    pair.world.run(for: .seconds(29))
    #expect(pair.clientNotes.story == [])
    pair.world.run(for: .seconds(2))
    #expect(pair.clientNotes.story == ["disconnected"])
    #expect(pair.clientNotes.events[0].time - asked == .seconds(30))
  }

  @Test func `Requests of a closed connection are still delivered`() {
    let pair = Pair()
    pair.sendFromClient("one")
    pair.sendFromClient("two")
    pair.clientNotes.probe!.host.close(pair.connection)
    pair.world.run(for: .milliseconds(1))
    #expect(pair.serverNotes.story == ["accepted", "received one", "received two", "disconnected"])
    #expect(pair.clientNotes.story == ["connected"])
  }

  @Test func `What a killed process sent arrives before its peers hear of its end`() {
    let pair = Pair()
    pair.sendFromClient("last words")
    pair.world.kill(pair.client)
    pair.world.run(for: .milliseconds(1))
    #expect(pair.serverNotes.story == ["accepted", "received last words", "disconnected"])
  }

  @Test func `Peers of a machine without power hear nothing until it is up and they send`() {
    let pair = Pair()
    pair.world.powerLoss(pair.server)
    pair.world.run(for: .seconds(60))
    pair.sendFromClient("hello?")
    pair.world.run(for: .seconds(60))
    #expect(pair.clientNotes.story == ["connected"])
    pair.world.start(pair.server)
    pair.world.run(for: .seconds(1))
    #expect(pair.clientNotes.story == ["connected", "disconnected"])
    #expect(pair.serverNotes.received == [])
  }

  @Test func `A half-open connection stays until its end sends`() {
    let pair = Pair()
    pair.world.powerLoss(pair.server)
    pair.world.start(pair.server)
    pair.world.run(for: .seconds(60))
    #expect(pair.clientNotes.story == ["connected"])
    pair.sendFromClient("hello?")
    pair.world.run(for: .milliseconds(1))
    #expect(pair.clientNotes.story == ["connected", "disconnected"])
  }

  @Test func `Frames on a lost connection are lost`() {
    let pair = Pair()
    pair.clientNotes.probe!.host.close(pair.connection)
    pair.sendFromClient("late")
    pair.world.run(for: .milliseconds(1))
    #expect(pair.serverNotes.story == ["accepted", "disconnected"])
    pair.sendFromServer("late too")
    pair.world.run(for: .milliseconds(1))
    #expect(pair.clientNotes.received == [])
  }

  @Test func `Connection ids are never reused`() {
    let pair = Pair()
    var seen: Set<ConnectionID> = [pair.connection]
    for _ in 0..<5_000 {
      let connection = pair.clientNotes.probe!.host.connect(to: pair.world.address(of: pair.server))
      #expect(seen.insert(connection).inserted)
      pair.clientNotes.probe!.host.close(connection)
      pair.world.run(for: .milliseconds(1))
    }
    #expect(pair.world.network.ends.count < 16)
  }

  @Test func `A long frame takes the time that the bandwidth requires`() {
    var options = WorldOptions.ideal
    options.machine.network.bandwidth = 1_250_000_000
    let pair = Pair(options: options)
    let before = pair.world.now
    pair.clientNotes.probe!.host.send(Frame(Bytes([UInt8](repeating: 0, count: 10_000_000))), on: pair.connection)
    pair.world.run(for: .milliseconds(100))
    let took = pair.serverNotes.events[1].time - before
    // 10 MB at 10 Gb/s are 8 ms, and 4.6 % of headers.
    #expect(took > .microseconds(8_300) && took < .microseconds(8_500))
  }

  @Test func `Senders share the receiver's card`() {
    var options = WorldOptions.ideal
    options.machine.network.bandwidth = 1_250_000_000
    let world = World(seed: 1, options: options)
    let (_, server) = world.addProbe("server")
    for number in 0..<4 {
      _ = world.addProbe("client-\(number)") {
        $0.onStart = { probe in
          let connection = probe.host.connect(to: Address(host: "server", port: 9092))
          probe.host.send(Frame(Bytes([UInt8](repeating: 0, count: 1_000_000))), on: connection)
        }
      }
    }
    world.run(for: .milliseconds(100))
    let arrivals = server.events.filter { if case .received = $0.event { true } else { false } }.map(\.time)
    #expect(arrivals.count == 4)
    for (one, next) in zip(arrivals, arrivals.dropFirst()) { #expect(next - one >= .microseconds(830)) }
  }

  @Test func `A node can connect to itself`() {
    let world = World(seed: 1, options: .ideal)
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { probe in probe.send("me", on: probe.host.connect(to: Address(host: "one", port: 9092))) }
    }
    world.run(for: .milliseconds(1))
    #expect(notes.story == ["accepted", "connected", "received me"])
  }
}
