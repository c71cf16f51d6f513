import CDeterminismGuard
import Glibc
import Host
import Primitives
import Testing

@testable import Sim

@Suite struct TraceTests {
  /// Three nodes that talk at random, on machines with all their randomness.
  private func chatter(seed: UInt64, queue: QueueKind = .timingWheel, bystanders: Int = 0) -> (World, [Notes]) {
    var options = WorldOptions()
    options.queue = queue
    options.guardsDeterminism = true
    let world = World(seed: seed, options: options)
    var notes: [Notes] = []
    for number in 0..<bystanders { _ = world.addProbe("bystander-\(number)") }
    for number in 0..<3 {
      let (_, one) = world.addProbe("node-\(number)") { notes in
        notes.onStart = { probe in
          for other in 0..<3 where other != number { _ = probe.host.connect(to: Address(host: "node-\(other)", port: 9092)) }
        }
        notes.onEvent = { probe, event in
          switch event {
          case .connected(let connection): probe.send("hello", on: connection)
          case .received(let frame, let connection):
            probe.host.spend(.request(bytes: frame.count))
            probe.host.send(frame, on: connection)
            if probe.host.random.chance(1, in: 20) { _ = probe.host.disk.syncDirectory("") }
          case .accepted, .writable, .disconnected, .timer, .disk: break
          }
        }
      }
      notes.append(one)
    }
    world.run(for: .milliseconds(30))
    return (world, notes)
  }

  @Test func `The same seed gives the same hash, and another seed another one`() {
    let one = chatter(seed: 1).0, same = chatter(seed: 1).0, other = chatter(seed: 2).0
    #expect(one.traceHash == same.traceHash)
    #expect(one.statistics == same.statistics)
    #expect(one.statistics.events > 1_000)
    #expect(one.traceHash != other.traceHash)
  }

  @Test(arguments: 1...5) func `Wheel and heap give the same hash`(seed: UInt64) {
    #expect(chatter(seed: seed).0.traceHash == chatter(seed: seed, queue: .heap).0.traceHash)
  }

  /// The times at which one node hears from another: these must not move when something else is added.
  private func times(_ notes: Notes) -> [Instant] {
    notes.events.compactMap { if case .received = $0.event { $0.time } else { nil } }
  }

  @Test func `Adding or removing nodes does not change what others draw`() {
    let alone = chatter(seed: 1).1, watched = chatter(seed: 1, bystanders: 2).1
    #expect(alone.count == watched.count && alone.contains { !times($0).isEmpty })
    for (one, other) in zip(alone, watched) { #expect(times(one) == times(other)) }
  }

  /// Two clients that talk to a server each, with nothing between the pairs.
  private func twoPairs(withFault: Bool) -> [Notes] {
    let world = World(seed: 1)
    var servers: [NodeIndex] = []
    var clients: [(node: NodeIndex, notes: Notes)] = []
    for number in 0..<2 {
      servers.append(world.addProbe("server-\(number)") { $0.onEvent = Self.echo }.node)
      clients.append(
        world.addProbe("client-\(number)") { notes in
          notes.onStart = { probe in
            let connection = probe.host.connect(to: Address(host: "server-\(number)", port: 9092))
            probe.send("again and again", on: connection)
          }
          notes.onEvent = Self.echo
        })
    }
    if withFault {
      let slow = NetworkFault.slow(from: [clients[0].node], to: [servers[0]], latency: .zero, jitterMean: .milliseconds(1), bandwidth: nil)
      world.apply(slow, name: "slow")
    }
    world.run(for: .milliseconds(30))
    return clients.map(\.notes)
  }

  private static func echo(_ probe: Probe, _ event: Event) {
    if case .received(let frame, let connection) = event { probe.host.send(frame, on: connection) }
  }

  @Test func `A fault on one link leaves the delays of others as they were`() {
    let calm = twoPairs(withFault: false), faulty = twoPairs(withFault: true)
    #expect(times(calm[0]) != times(faulty[0]))
    #expect(times(calm[1]) == times(faulty[1]))
    #expect(times(calm[1]).count > 100)
  }

  @Test func `A long payload affects the hash at both its ends`() {
    func hash(_ change: Int) -> UInt64 {
      let pair = Pair()
      var payload = [UInt8](repeating: 1, count: 5_000)
      if change >= 0 { payload[change] = 2 }
      pair.clientNotes.probe!.host.send(Frame(Bytes(payload)), on: pair.connection)
      pair.world.run(for: .milliseconds(1))
      return pair.world.traceHash
    }
    #expect(Set([hash(-1), hash(0), hash(4_999), hash(17)]).count == 4)
  }

  @Test func `Trace lines are the same in equal runs`() {
    func lines() -> [String] {
      let pair = Pair(echoing: true)
      var lines: [String] = []
      pair.world.onTraceLine = { lines.append($0) }
      pair.sendFromClient("x")
      pair.world.run(for: .milliseconds(1))
      return lines
    }
    #expect(lines() == lines())
    #expect(lines().count == 2 && lines()[0].contains("server received 1 bytes"))
  }

  @Test func `The standard library hashes with a fixed seed`() {
    #expect(trial_hashing_is_deterministic())
  }

  @Test func `Reading the time inside a world ends the process`() async {
    await #expect(processExitsWith: .failure) {
      let world = World(seed: 1, options: .ideal)
      world.after(.seconds(1)) { _ = ContinuousClock.now }
      world.run(for: .seconds(2))
    }
  }

  @Test func `Reading randomness inside a world ends the process`() async {
    await #expect(processExitsWith: .failure) {
      let world = World(seed: 1, options: .ideal)
      world.after(.seconds(1)) { _ = Int.random(in: 0..<1_000) }
      world.run(for: .seconds(2))
    }
  }

  @Test func `A thread inside a world ends the process`() async {
    await #expect(processExitsWith: .failure) {
      let world = World(seed: 1, options: .ideal)
      world.after(.seconds(1)) {
        var thread = pthread_t()
        pthread_create(&thread, nil, { _ in nil }, nil)
      }
      world.run(for: .seconds(2))
    }
  }

  @Test func `Outside of a world the machine works as usual`() async {
    await #expect(processExitsWith: .success) {
      let world = World(seed: 1, options: .ideal)
      world.run(for: .seconds(2))
      _ = ContinuousClock.now
      _ = Int.random(in: 0..<1_000)
    }
  }
}
