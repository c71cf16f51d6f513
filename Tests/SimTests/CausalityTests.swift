import Host
import Primitives
import Testing

@testable import Sim

@Suite struct CausalityTests {
  private func world(_ recorder: CausalityRecorder) -> World {
    let world = World(seed: 1, options: .ideal)
    world.causality = recorder
    return world
  }

  private func events(_ recorder: CausalityRecorder, _ kind: CausalityRecorder.Kind, at node: NodeIndex) -> [EventNumber] {
    recorder.all.filter { recorder.kind(of: $0) == kind && recorder.node(of: $0) == node }
  }

  /// A client that sends a request when it starts, which waits until it is connected, and one more when it is, and a server that answers.
  private func talk(_ recorder: CausalityRecorder) -> (world: World, client: NodeIndex, server: NodeIndex) {
    let world = world(recorder)
    let (server, _) = world.addProbe("server") { notes in
      notes.onEvent = { probe, event in
        guard case .received(let frame, let connection) = event else { return }
        var response = ByteWriter()
        response.append(MessageHeader(request: frame).correlationID)
        probe.host.send(Frame(response.bytes), on: connection)
      }
    }
    let (client, _) = world.addProbe("client") { notes in
      notes.onStart = { probe in
        let connection = probe.host.connect(to: Address(host: "server", port: 9092))
        probe.host.send(Pair.request(api: 1, correlation: 1), on: connection)
      }
      notes.onEvent = { probe, event in
        if case .connected(let connection) = event { probe.host.send(Pair.request(api: 3, correlation: 2), on: connection) }
      }
    }
    return (world, client, server)
  }

  @Test func `The parent of a message is the event during which it was sent`() {
    let recorder = CausalityRecorder(), (world, client, server) = talk(recorder)
    world.run(for: .milliseconds(5))
    let requests = events(recorder, .request, at: server), responses = events(recorder, .response, at: client)
    #expect(requests.map { recorder.apiKey(of: $0) } == [3, 1])
    #expect(requests.map { recorder.parent(of: $0) } == events(recorder, .connected, at: client) + events(recorder, .start, at: client))
    #expect(responses.map { recorder.apiKey(of: $0) } == [3, 1])
    #expect(responses.map { recorder.parent(of: $0) } == requests)
    #expect(events(recorder, .accepted, at: server).map { recorder.parent(of: $0) } == events(recorder, .start, at: client))
  }

  @Test func `A message that a rule holds keeps its parent, and names the rule`() throws {
    let recorder = CausalityRecorder(), (world, client, server) = talk(recorder)
    let rule = world.apply(MessageRule(.hold, .request, apiKey: 1), name: "hold")
    world.after(.milliseconds(50)) { world.release(rule) }
    world.run(for: .milliseconds(60))
    let requests = events(recorder, .request, at: server)
    #expect(requests.map { recorder.parent(of: $0) } == events(recorder, .connected, at: client) + events(recorder, .start, at: client))
    #expect(recorder.held == [CausalityRecorder.Held(event: try #require(requests.last), fault: rule)])
  }

  @Test func `A message that waits for a busy processor or a blocked link keeps its parent`() {
    let recorder = CausalityRecorder(), (world, client, server) = talk(recorder)
    world.pause(server)
    world.after(.milliseconds(20)) { world.resume(server) }
    let cut = world.apply(.cut(from: [server], to: [client]), name: "cut")
    world.after(.milliseconds(40)) { world.lift(cut) }
    world.run(for: .seconds(2))
    #expect(events(recorder, .request, at: server).map { recorder.parent(of: $0) } == events(recorder, .connected, at: client) + events(recorder, .start, at: client))
    #expect(events(recorder, .response, at: client).map { recorder.parent(of: $0) } == events(recorder, .request, at: server))
  }

  @Test func `A message that is delivered twice has one parent both times`() {
    let recorder = CausalityRecorder(), (world, client, server) = talk(recorder)
    world.apply(MessageRule(.duplicate, .request, apiKey: 1), name: "twice")
    world.run(for: .milliseconds(5))
    let parents = events(recorder, .request, at: server).map { recorder.parent(of: $0) }, start = events(recorder, .start, at: client)
    #expect(parents == events(recorder, .connected, at: client) + start + start)
  }

  /// A node whose lives each set a timer and begin an operation when they start, with the same numbers.
  private func lives(_ recorder: CausalityRecorder, dying end: (World, NodeIndex) -> Void) -> NodeIndex {
    let world = world(recorder)
    let (node, _) = world.addProbe("node") { notes in
      notes.onStart = { probe in
        probe.host.after(.milliseconds(3), Timer(routine: 1, subject: UInt64(notes.lives)))
        _ = probe.host.disk.syncDirectory("")
      }
    }
    world.run(for: .microseconds(100))
    end(world, node)
    world.after(.milliseconds(1)) { world.start(node) }
    world.run(for: .milliseconds(20))
    return node
  }

  @Test(arguments: [true, false]) func `Timers and operations of the disk belong to the event of their own life`(losesPower: Bool) {
    let recorder = CausalityRecorder()
    let node = lives(recorder) { world, node in losesPower ? world.powerLoss(node) : world.kill(node) }
    let starts = events(recorder, .start, at: node)
    #expect(starts.count == 2)
    #expect(events(recorder, .timer, at: node).map { recorder.parent(of: $0) } == [starts[1]])
    #expect(events(recorder, .disk, at: node).map { recorder.parent(of: $0) } == [starts[1]])
  }

  @Test func `What the user of the world does has no parent, and what it causes leads back to it`() throws {
    let recorder = CausalityRecorder(), (world, client, server) = talk(recorder)
    world.run(for: .milliseconds(5))
    world.after(.milliseconds(1)) { world.kill(server) }
    world.run(for: .milliseconds(5))
    let call = try #require(recorder.all.last { recorder.kind(of: $0) == .call })
    #expect(recorder.node(of: call) == nil && recorder.parent(of: call) == .none)
    #expect(events(recorder, .disconnected, at: client).map { recorder.parent(of: $0) } == [call])
    #expect(recorder.time(of: call) == .zero + .milliseconds(6))
    #expect(recorder.events(at: recorder.time(of: call)).contains(call))
  }

  @Test func `What a node reports is told during its own event`() {
    let recorder = CausalityRecorder(), world = world(recorder)
    var told: [EventNumber] = []
    world.onOccurrence = { _, _, _ in told.append(recorder.present) }
    let (node, _) = world.addProbe("node") { notes in
      notes.onStart = { probe in
        probe.host.after(.milliseconds(1), Timer(routine: 1))
        probe.host.report(.note("started"))
      }
      notes.onEvent = { probe, _ in probe.host.report(.note("fired")) }
    }
    world.run(for: .milliseconds(5))
    #expect(told == events(recorder, .start, at: node) + events(recorder, .timer, at: node))
  }

  @Test func `Recording changes no trace`() {
    func hash(_ recorder: CausalityRecorder?) -> UInt64 {
      let pair = Pair(seed: 3, options: WorldOptions(), echoing: true)
      pair.world.causality = recorder
      let rule = pair.world.apply(MessageRule(.delay(.milliseconds(2)), .response, apiKey: nil), name: "late")
      for number in 0..<20 { pair.request(api: 1, correlation: Int32(number)) }
      pair.world.after(.milliseconds(3)) { pair.world.restart(pair.server) }
      pair.world.after(.milliseconds(9)) { pair.world.lift(rule) }
      pair.world.run(for: .seconds(1))
      return pair.world.traceHash
    }
    #expect(hash(nil) == hash(CausalityRecorder()))
  }
}
