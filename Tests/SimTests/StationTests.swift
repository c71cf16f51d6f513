import Host
import Primitives
import Testing

@testable import Sim

/// Stations against schedules that can be worked out by hand.
@Suite struct StationTests {
  /// Every event takes 10 µs; everything else is free and exact.
  static func options(cores: Int = 1, threads: Int = 1, isShared: Bool = false) -> WorldOptions {
    var options = WorldOptions.ideal
    options.machine.processor.event = .microseconds(10)
    options.machine.processor.cores = cores
    options.machine.processor.threads = threads
    options.machine.isShared = isShared
    options.measures = true
    return options
  }

  private func micro(_ count: Int64) -> Instant { .zero + .microseconds(count) }

  @Test func `A processor serves in the order of arrival, and its counters are right at every instant`() {
    let world = World(seed: 1, options: Self.options())
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { probe in
        for (subject, delay) in [0, 4, 50].enumerated() {
          probe.host.after(.microseconds(Int64(delay)), Timer(routine: 1, subject: UInt64(subject)))
        }
      }
    }
    // The start takes from 0 to 10, so the timers come at 10, 14 and 60, and the second one waits until 20.
    world.run(until: micro(25))
    let early = world.stations[0]
    #expect(early.node == "one" && early.kind == .processor && early.servers == 1 && !early.isOfClient)
    #expect(early.arrivals == 3 && early.completions == 2)
    #expect(early.busy == .microseconds(25))
    #expect(early.area == .microseconds(31) && early.residence == .microseconds(31))
    world.run(until: micro(100))
    #expect(notes.events.map(\.time) == [micro(10), micro(20), micro(60)])
    let late = world.stations[0]
    #expect(late.arrivals == 4 && late.completions == 4)
    #expect(late.busy == .microseconds(40))
    #expect(late.area == .microseconds(46) && late.residence == .microseconds(46))
    let window = late.since(early)
    #expect(window.busy == .microseconds(15) && window.area == .microseconds(15) && window.residence == .microseconds(15) && window.completions == 2)
  }

  @Test func `A world that does not measure has no readings and runs the same`() {
    func run(_ options: WorldOptions) -> (UInt64, Int) {
      let pair = Pair(options: options, echoing: true)
      for number in 0..<20 { pair.sendFromClient("\(number)") }
      pair.world.run(for: .seconds(1))
      return (pair.world.traceHash, pair.world.stations.count)
    }
    var measured = Self.options(), plain = Self.options()
    measured.measures = true
    plain.measures = false
    let (one, two) = (run(measured), run(plain))
    #expect(one.0 == two.0)
    #expect(one.1 == 10 && two.1 == 0)
  }

  @Test func `Two cores with two threads work in parallel, and two cores with one thread do not`() {
    for (threads, expected) in [(2, [10, 10, 20, 20]), (1, [10, 20, 30, 40])] as [(Int, [Int64])] {
      let world = World(seed: 1, options: Self.options(cores: 2, threads: threads))
      let (_, notes) = world.addProbe("one") {
        $0.onStart = { probe in
          for subject in 0..<4 { probe.host.after(.zero, Timer(routine: 1, subject: UInt64(subject))) }
        }
      }
      world.run(until: micro(100))
      #expect(notes.story == ["timer 0", "timer 1", "timer 2", "timer 3"])
      #expect(notes.events.map(\.time) == expected.map(micro))
      #expect(world.stations[0].busy == .microseconds(50))
      #expect(world.stations[0].servers == threads, "a core that no thread can take is none")
    }
  }

  @Test func `Events of one connection are handled one after another, and others pass them`() {
    var options = Self.options(cores: 4, threads: 4)
    options.machine.network.latency = .microseconds(100)
    let pair = Pair(options: options)
    let other = pair.clientNotes.probe!.host.connect(to: pair.world.address(of: pair.server))
    pair.world.run(for: .milliseconds(1))
    let begin = pair.world.now
    let former = pair.serverNotes.events.count
    for text in ["a", "b", "c"] { pair.sendFromClient(text) }
    pair.clientNotes.probe!.send("x", on: other)
    pair.world.run(for: .milliseconds(1))
    let events = pair.serverNotes.events.dropFirst(former)
    #expect(events.map { Notes.describe($0.event) } == ["received a", "received x", "received b", "received c"])
    #expect(events.map { ($0.time - begin).nanoseconds / 1_000 } == [100, 100, 110, 120])
  }

  @Test func `Nodes of a shared machine take turns on its cores, in the order of arrival, and talk over the loopback interface`() {
    var options = Self.options(isShared: true)
    options.machine.network.loopbackLatency = .microseconds(7)
    options.machine.network.loopbackBandwidth = 1_000_000_000_000
    let world = World(seed: 1, options: options)
    let (_, one) = world.addProbe("one") { $0.onStart = { $0.host.after(.microseconds(90), Timer(routine: 1)) } }
    let (second, two) = world.addProbe("two") { $0.onStart = { $0.host.after(.microseconds(83), Timer(routine: 1)) } }
    world.run(until: micro(200))
    // One starts from 0 to 10, two from 10 to 20. Timers at 100 and 103.
    #expect(one.time(of: "timer 0") == micro(100))
    #expect(two.time(of: "timer 0") == micro(110))
    #expect(world.stations.map(\.node) == ["machine", "machine", "machine"])
    #expect(world.stations.map(\.kind) == [.processor, .disk, .flush])
    #expect(world.stations[0].busy == .microseconds(40))
    let connection = one.probe!.host.connect(to: world.address(of: second))
    world.run(until: micro(300))
    one.probe!.send("hello", on: connection)
    world.run(until: micro(400))
    #expect(two.time(of: "received hello") == micro(307))
  }

  @Test func `A client's machine has the processor of clients`() {
    var options = Self.options()
    options.machine.client = .free
    options.machine.client?.event = .microseconds(3)
    let world = World(seed: 1, options: options)
    for isClient in [false, true] {
      let notes = Notes()
      world.start(world.addNode(name: isClient ? "client" : "broker", isClient: isClient) { Probe($0, notes) })
    }
    world.run(until: micro(100))
    let processors = world.stations.filter { $0.kind == .processor }
    #expect(processors.map(\.busy) == [.microseconds(10), .microseconds(3)])
    #expect(processors.map(\.isOfClient) == [false, true])
  }

  @Test func `Timers count from the end of the work before them`() {
    var options = Self.options()
    options.machine.processor.record = .microseconds(1)
    let world = World(seed: 1, options: options)
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { probe in
        probe.host.spend(.records(30))
        probe.host.after(.microseconds(5), Timer(routine: 1))
      }
    }
    world.run(until: micro(100))
    #expect(notes.events.map(\.time) == [micro(45)])
  }

  @Test func `A network card sends one frame after another, and counts a frame under way only up to now`() {
    var options = Self.options()
    // A byte takes a microsecond.
    options.machine.network.bandwidth = 1_000_000
    options.machine.network.latency = .microseconds(1_000)
    let pair = Pair(options: options)
    pair.world.run(for: .milliseconds(100))
    let before = pair.world.stations
    let begin = pair.world.now
    // 30 bytes, 4 of size and 66 of headers: 100 µs each.
    pair.sendFromClient(String(repeating: "a", count: 30))
    pair.sendFromClient(String(repeating: "b", count: 30))
    pair.world.run(until: begin + .microseconds(150))
    func window(_ node: String, _ kind: StationKind) -> StationReading {
      let former = before.first { $0.node == node && $0.kind == kind }!
      return pair.world.stations.first { $0.node == node && $0.kind == kind }!.since(former)
    }
    let halfway = window("client", .networkOut)
    #expect(halfway.arrivals == 2 && halfway.completions == 1 && halfway.busy == .microseconds(150) && halfway.bytes == 100)
    #expect(halfway.area == .microseconds(250) && halfway.residence == .microseconds(250))
    pair.world.run(until: begin + .microseconds(1_150))
    let receiving = window("server", .networkIn)
    #expect(receiving.completions == 1 && receiving.busy == .microseconds(150))
    pair.world.run(for: .milliseconds(10))
    #expect(window("client", .networkOut).residence == .microseconds(300))
    #expect(window("server", .networkIn).residence == .microseconds(200))
    #expect(window("server", .networkIn).bytes == 200)
  }

  /// Two machines that send each other frames, sync and read, with kills and power losses in between.
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `Both sides of Little's law agree at any instant, and no station is busier than it can be`(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "test")
    var options = WorldOptions()
    options.measures = true
    options.machine.processor.cores = Int(1 + seed % 3)
    options.machine.processor.threads = Int(1 + seed % 4)
    options.machine.isShared = seed % 5 == 0
    options.machine.network.bandwidth = 20_000_000
    options.machine.disk.writeBandwidth = 10_000_000
    options.machine.disk.writebackFrom = 100_000
    options.machine.disk.dirtyLimit = 200_000
    options.machine.disk.pageCache = 3 << 20
    let pair = Pair(seed: seed, options: options)
    for notes in [pair.serverNotes, pair.clientNotes] {
      notes.onEvent = { probe, event in
        if case .received(let frame, let connection) = event {
          probe.host.spend(.request(bytes: frame.count))
          if let file = try? probe.host.disk.open("log", creating: true) {
            try? probe.host.disk.append(frame.joined, to: file)
            _ = try? probe.host.disk.read(file, at: 0, count: 10)
            _ = probe.host.disk.sync(file)
          }
          if connection.index & 1 == 1 { probe.host.send(frame, on: connection) }
        }
      }
    }
    var former = pair.world.stations
    var formerTime = pair.world.now
    for round in 0..<300 {
      let text = String(repeating: "x", count: Int(random.below(20_000)))
      if let probe = pair.clientNotes.probe {
        probe.send(text, on: pair.connection)
      }
      if round == 150 { pair.world.restart(pair.server) }
      if round == 200 { pair.world.powerLoss(pair.server) }
      if round == 210 { pair.world.start(pair.server) }
      pair.world.run(for: random.exponential(mean: .microseconds(700)))
      let now = pair.world.stations
      for (later, earlier) in zip(now, former) {
        let window = later.since(earlier)
        #expect(window.area == window.residence, "\(later.node) \(later.kind)")
        #expect(window.busy.nanoseconds <= Int64(later.servers) * (pair.world.now - formerTime).nanoseconds, "\(later.node) \(later.kind)")
        #expect(window.area >= .zero && window.busy >= .zero && window.arrivals >= 0)
      }
      former = now
      formerTime = pair.world.now
    }
    #expect(former.allSatisfy { $0.arrivals > 0 || $0.node == "client" })
  }
}
