import Host
import Primitives
import Testing

@testable import Sim

@Suite struct NetworkFaultTests {
  @Test func `What a partition stops arrives in order after it heals`() {
    let pair = Pair()
    let fault = pair.world.apply(.partition([[pair.client], [pair.server]]), name: "partition")
    for text in ["one", "two", "three"] { pair.sendFromClient(text) }
    pair.world.run(for: .seconds(20))
    #expect(pair.serverNotes.received == [])
    pair.world.lift(fault)
    pair.sendFromClient("four")
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == ["one", "two", "three", "four"])
    #expect(pair.clientNotes.story == ["connected"])
    #expect(pair.world.faults[fault].hits == 3)
  }

  @Test func `Frames under way when a partition begins are stopped too`() {
    let pair = Pair()
    pair.sendFromClient("under way")
    pair.world.run(for: .microseconds(20))
    pair.world.apply(.isolate([pair.server]), name: "isolation")
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == [])
    pair.world.healNetwork()
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == ["under way"])
  }

  @Test func `A connection closed during a partition loses what was stopped`() {
    let pair = Pair()
    pair.world.apply(.partition([[pair.client], [pair.server]]), name: "partition")
    pair.sendFromClient("lost")
    pair.world.run(for: .seconds(1))
    pair.clientNotes.probe!.host.close(pair.connection)
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.story == ["accepted"])
    pair.world.healNetwork()
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.story == ["accepted", "disconnected"])
  }

  @Test func `A machine that loses its power during a partition does not send again what was stopped`() {
    let pair = Pair()
    pair.world.apply(.partition([[pair.client], [pair.server]]), name: "partition")
    pair.sendFromClient("lost")
    pair.world.run(for: .seconds(1))
    pair.world.powerLoss(pair.client)
    pair.world.healNetwork()
    pair.world.run(for: .seconds(20))
    #expect(pair.serverNotes.received == [])
  }

  @Test func `A cut stops one direction only`() {
    let pair = Pair()
    pair.world.apply(.cut(from: [pair.server], to: [pair.client]), name: "cut")
    pair.sendFromClient("there")
    pair.sendFromServer("back")
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == ["there"])
    #expect(pair.clientNotes.received == [])
  }

  @Test func `Nodes in no group reach both sides of a partition`() {
    let pair = Pair()
    let (bystander, notes) = pair.world.addProbe("bystander")
    pair.world.apply(.partition([[pair.client], [pair.server]]), name: "partition")
    pair.world.run(for: .milliseconds(1))
    for target in [pair.client, pair.server] { _ = notes.probe!.host.connect(to: pair.world.address(of: target)) }
    pair.world.run(for: .milliseconds(1))
    #expect(notes.story == ["connected", "connected"])
    #expect(pair.world.isRunning(bystander))
  }

  @Test func `Connecting across a partition succeeds when it heals in time`() {
    let pair = Pair()
    let fault = pair.world.apply(.isolate([pair.server]), name: "isolation")
    _ = pair.clientNotes.probe!.host.connect(to: pair.world.address(of: pair.server))
    pair.world.run(for: .seconds(10))
    #expect(pair.clientNotes.story == ["connected"])
    pair.world.lift(fault)
    pair.world.run(for: .seconds(1))
    #expect(pair.clientNotes.story == ["connected", "connected"])
    #expect(pair.serverNotes.story == ["accepted", "accepted"])
  }

  @Test func `A link stays blocked until the last fault on it is lifted`() {
    let pair = Pair()
    let one = pair.world.apply(.isolate([pair.server]), name: "one")
    let two = pair.world.apply(.cut(from: [pair.client], to: [pair.server]), name: "two")
    pair.sendFromClient("hello")
    pair.world.run(for: .seconds(1))
    pair.world.lift(one)
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == [])
    pair.world.lift(two)
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.received == ["hello"])
  }

  @Test func `A clog holds frames without loss and releases them at once`() {
    let pair = Pair()
    let clog = pair.world.apply(.clog(from: [pair.client], to: [pair.server]), name: "clog")
    pair.sendFromClient("patience")
    pair.world.run(for: .seconds(5))
    #expect(pair.serverNotes.received == [])
    pair.world.lift(clog)
    pair.world.run(for: .microseconds(1))
    #expect(pair.serverNotes.received == ["patience"])
  }

  @Test func `A slow link adds its latency and limits its bandwidth`() {
    let pair = Pair()
    let slow = pair.world.apply(
      .slow(from: [pair.client], to: [pair.server], latency: .milliseconds(30), jitterMean: .zero, bandwidth: 1_000_000), name: "slow")
    let before = pair.world.now
    pair.clientNotes.probe!.host.send(Frame(Bytes([UInt8](repeating: 7, count: 10_000))), on: pair.connection)
    pair.world.run(for: .seconds(1))
    let took = pair.serverNotes.events[1].time - before
    #expect(took > .milliseconds(40) && took < .milliseconds(41))
    #expect(pair.world.faults[slow].hits == 1)
    pair.world.lift(slow)
    let again = pair.world.now
    pair.sendFromClient("fast")
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.events[2].time - again < .microseconds(60))
  }

  @Test func `A reset is heard at both ends and loses what was under way`() {
    let pair = Pair()
    pair.sendFromClient("lost")
    let fault = pair.world.reset(between: [pair.client], and: [pair.server], name: "reset")
    pair.world.run(for: .seconds(1))
    #expect(pair.clientNotes.story == ["connected", "disconnected"])
    #expect(pair.serverNotes.story == ["accepted", "disconnected"])
    #expect(pair.world.faults[fault].hits == 1)
  }

  @Test func `A half-open connection is known at one end only`() {
    let pair = Pair()
    pair.world.halfOpen(at: [pair.server], towards: [pair.client], name: "half-open")
    pair.world.run(for: .seconds(60))
    #expect(pair.serverNotes.story == ["accepted", "disconnected"])
    #expect(pair.clientNotes.story == ["connected"])
    pair.sendFromClient("hello?")
    pair.world.run(for: .milliseconds(1))
    #expect(pair.clientNotes.story == ["connected", "disconnected"])
  }

  @Test func `The end of a killed process is heard only after the partition`() {
    let pair = Pair()
    pair.world.apply(.isolate([pair.server]), name: "isolation")
    pair.world.kill(pair.server)
    pair.world.run(for: .seconds(10))
    #expect(pair.clientNotes.story == ["connected"])
    pair.world.healNetwork()
    pair.world.run(for: .seconds(1))
    #expect(pair.clientNotes.story == ["connected", "disconnected"])
  }
}
