import Host
import Primitives
import Testing

@testable import Sim

@Suite struct ProcessTests {
  @Test func `A timer set to forever, and work of any size, leave virtual time intact`() {
    var options = WorldOptions.ideal
    options.machine.processor.copyBytePicoseconds = 1_000_000_000_000
    options.machine.processor.record = .forever
    let world = World(seed: 1, options: options)
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { probe in
        probe.host.after(.forever, Timer(routine: 1, subject: 1))
        probe.host.after(.seconds(1), Timer(routine: 1, subject: 2))
      }
      $0.onEvent = { probe, _ in
        probe.host.spend(.copy(bytes: .max))
        probe.host.spend(.records(.max))
        probe.host.after(.forever, Timer(routine: 1, subject: 3))
      }
    }
    world.run(for: .seconds(10))
    #expect(notes.story == ["timer 2"])
    #expect(world.now == Instant.zero + .seconds(10))
  }

  @Test func `Timers fire in the order of their times, then in the order in which they were set`() {
    let world = World(seed: 1, options: .ideal)
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { probe in
        for (delay, subject) in [(30, 1), (10, 2), (20, 3), (10, 4), (0, 5)] as [(Int64, UInt64)] {
          probe.host.after(.milliseconds(delay), Timer(routine: 1, subject: subject))
        }
      }
    }
    world.run(for: .seconds(1))
    #expect(notes.story == ["timer 5", "timer 2", "timer 4", "timer 3", "timer 1"])
    #expect(notes.events[1].time == Instant.zero + .milliseconds(10))
  }

  @Test func `A cancelled timer does not fire, and its number is not mistaken for another`() {
    let world = World(seed: 1, options: .ideal)
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { probe in
        let first = probe.host.after(.milliseconds(10), Timer(routine: 1, subject: 1))
        probe.host.cancel(first)
        probe.host.after(.milliseconds(20), Timer(routine: 1, subject: 2))
        probe.host.cancel(first)
      }
    }
    world.run(for: .seconds(1))
    #expect(notes.story == ["timer 2"])
  }

  @Test func `Events of an earlier life are dropped`() {
    let world = World(seed: 1, options: .ideal)
    let (node, notes) = world.addProbe("one") {
      $0.onStart = { probe in
        probe.host.after(.milliseconds(10), Timer(routine: 1, subject: UInt64(probe.host.now.nanoseconds)))
        _ = probe.host.disk.syncDirectory("")
      }
    }
    world.run(for: .microseconds(100))
    world.restart(node)
    world.run(for: .seconds(1))
    #expect(notes.lives == 2)
    #expect(notes.story == ["disk ok", "timer 100000"])
  }

  @Test func `A restarted node has a new host, and nothing is left of the old one`() {
    let world = World(seed: 1, options: .ideal)
    let (node, notes) = world.addProbe("one")
    world.run(for: .milliseconds(1))
    weak let former = notes.probe
    weak let formerHost = notes.probe?.host
    #expect(former != nil)
    world.restart(node)
    #expect(former == nil)
    #expect(formerHost == nil)
    world.run(for: .milliseconds(1))
    #expect(notes.probe != nil)
  }

  @Test func `A world that is released leaves nothing`() {
    weak var probe: Probe?
    weak var dropped: World?
    do {
      let pair = Pair(echoing: true)
      probe = pair.clientNotes.probe
      dropped = pair.world
      #expect(probe != nil)
    }
    #expect(dropped == nil && probe == nil)
  }

  @Test func `Nothing that a killed node still does has an effect`() {
    let pair = Pair()
    pair.clientNotes.onEvent = { probe, _ in
      pair.world.kill(pair.client)
      probe.send("from the grave", on: pair.connection)
      probe.host.after(.zero, Timer(routine: 1))
      #expect(throws: DiskError.inputOutput) { try probe.host.disk.open("a", creating: true) }
      probe.host.exit()
    }
    var incidents: [Incident] = []
    pair.world.onIncident = { incidents.append($2) }
    pair.sendFromServer("die")
    pair.world.run(for: .seconds(1))
    #expect(pair.serverNotes.story == ["accepted", "disconnected"])
    #expect(pair.clientNotes.story == ["connected", "received die"])
    #expect(incidents == [.killed])
  }

  @Test func `A paused node finds everything waiting when it resumes`() {
    let pair = Pair()
    pair.clientNotes.probe!.host.after(.milliseconds(10), Timer(routine: 1, subject: 7))
    pair.world.pause(pair.client)
    #expect(pair.world.status(of: pair.client) == .paused)
    pair.sendFromServer("one")
    pair.world.run(for: .seconds(5))
    #expect(pair.clientNotes.story == ["connected"])
    pair.world.resume(pair.client)
    pair.world.run(for: .milliseconds(1))
    #expect(pair.clientNotes.story == ["connected", "received one", "timer 7"])
    #expect(pair.clientNotes.events[1].time > Instant.zero + .seconds(5))
  }

  @Test func `A paused machine still accepts connections`() {
    let pair = Pair()
    pair.world.pause(pair.server)
    _ = pair.clientNotes.probe!.host.connect(to: pair.world.address(of: pair.server))
    pair.world.run(for: .seconds(1))
    #expect(pair.clientNotes.story == ["connected", "connected"])
    #expect(pair.serverNotes.story == ["accepted"])
  }

  @Test func `A controlled shutdown ends when the node says so`() {
    let world = World(seed: 1, options: .ideal)
    let (node, notes) = world.addProbe("one") {
      $0.onShutdown = { $0.host.after(.milliseconds(5), Timer(routine: 1)) }
      $0.onEvent = { probe, _ in probe.host.exit() }
    }
    var incidents: [Incident] = []
    world.onIncident = { incidents.append($2) }
    world.run(for: .milliseconds(1))
    world.shutdown(node)
    world.run(for: .milliseconds(4))
    #expect(world.isRunning(node))
    world.run(for: .milliseconds(4))
    #expect(!world.isRunning(node))
    #expect(notes.shutdowns == 1)
    #expect(incidents == [.shutdownAsked, .exited])
  }

  @Test func `Work delays what a node sends and what it handles next`() {
    var options = WorldOptions.ideal
    options.machine.processor.record = .microseconds(1)
    let pair = Pair(options: options)
    pair.serverNotes.onEvent = { probe, event in
      guard case .received(let frame, let connection) = event else { return }
      probe.host.spend(.records(1_000))
      probe.host.send(frame, on: connection)
    }
    let before = pair.world.now
    pair.sendFromClient("a")
    pair.sendFromClient("b")
    pair.world.run(for: .seconds(1))
    let answers = pair.clientNotes.events.dropFirst().map { $0.time - before }
    #expect(answers.count == 2)
    #expect(answers[0] >= .microseconds(1_100) && answers[0] < .microseconds(1_110))
    #expect(answers[1] >= .microseconds(2_100) && answers[1] < .microseconds(2_110))
  }

  @Test func `A slow processor takes longer by its factor`() {
    var options = WorldOptions.ideal
    options.machine.processor.record = .microseconds(1)
    let pair = Pair(options: options)
    pair.serverNotes.onEvent = { probe, event in
      guard case .received(let frame, let connection) = event else { return }
      probe.host.spend(.records(1_000))
      probe.host.send(frame, on: connection)
    }
    pair.world.slowProcessor(pair.server, percent: 1_000)
    let before = pair.world.now
    pair.sendFromClient("a")
    pair.world.run(for: .seconds(1))
    #expect(pair.clientNotes.events[1].time - before > .milliseconds(10))
  }

  @Test func `Scheduling runs closures at their instants`() {
    let world = World(seed: 1, options: .ideal)
    var told: [String] = []
    world.after(.seconds(2)) { told.append("two \(world.now)") }
    world.at(Instant.zero + .seconds(1)) { world.after(.zero) { told.append("one \(world.now)") } }
    #expect(world.runUntil(.zero + .seconds(10)) { told.count == 2 })
    #expect(told == ["one 1.000000", "two 2.000000"])
    #expect(world.now == .zero + .seconds(2))
    world.after(.seconds(1)) { world.stop() }
    world.run(for: .seconds(5))
    #expect(world.now == .zero + .seconds(3))
  }

  @Test func `Occurrences reach the observer with time and node`() {
    let world = World(seed: 1, options: .ideal)
    var told: [String] = []
    world.onOccurrence = { time, node, occurrence in
      if case .note(let text) = occurrence { told.append("\(time) \(world.name(of: node)) \(text)") }
    }
    _ = world.addProbe("one") { $0.onStart = { $0.host.report(.note("hello")) } }
    world.run(for: .seconds(1))
    #expect(told == ["0.000000 one hello"])
  }
}
