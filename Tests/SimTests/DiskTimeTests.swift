import Host
import Primitives
import Testing

@testable import Sim

/// When a disk is waited for, in exact times: a byte is written in 10 ns and read in 20 ns, a flush takes 200 µs.
@Suite struct DiskTimeTests {
  private static let mebibyte = 1 << 20

  private func options(_ change: (inout DiskProfile) -> Void) -> WorldOptions {
    var options = WorldOptions.ideal
    options.machine.disk.writeBandwidth = 100_000_000
    options.machine.disk.readBandwidth = 50_000_000
    options.machine.disk.readLatency = .milliseconds(8)
    options.measures = true
    change(&options.machine.disk)
    return options
  }

  /// Runs something within an event, and says how long effects of that event are held up at its end.
  private func heldUp(_ world: World, _ notes: Notes, _ body: @escaping (any NodeHost) throws -> Void) -> Duration {
    notes.onEvent = { probe, event in
      guard case .timer(let timer) = event, timer.routine == 1 else { return }
      #expect(throws: Never.self) { try body(probe.host) }
      probe.host.after(.zero, Timer(routine: 2))
    }
    let begin = world.now
    notes.probe!.host.after(.zero, Timer(routine: 1))
    world.run(for: .seconds(100))
    let end = notes.events.last { if case .timer(let timer) = $0.event { timer.routine == 2 } else { false } }!.time
    return end - begin
  }

  private func bytes(_ count: Int) -> Bytes { Bytes([UInt8](repeating: 7, count: count)) }

  private func probe(_ world: World) -> (node: NodeIndex, notes: Notes) {
    let probe = world.addProbe("one")
    world.run(for: .milliseconds(1))
    return probe
  }

  @Test func `Reading what the page cache holds costs nothing, and what it has evicted is read from the disk, a mebibyte at a time`() throws {
    let world = World(seed: 1, options: options { $0.pageCache = Int64(2 * Self.mebibyte) })
    let (_, notes) = probe(world)
    var file = FileID(0)
    let written = heldUp(world, notes) { host in
      file = try host.disk.open("log", creating: true)
      for _ in 0..<4 { try host.disk.append(bytes(Self.mebibyte), to: file) }
    }
    #expect(written == .zero)
    let warm = heldUp(world, notes) { _ = try $0.disk.read(file, at: 3 * Self.mebibyte, count: 100) }
    #expect(warm == .zero)
    let cold = heldUp(world, notes) { _ = try $0.disk.read(file, at: 100, count: 100) }
    #expect(cold == .milliseconds(8) + .nanoseconds(Int64(20 * Self.mebibyte)))
    let again = heldUp(world, notes) { _ = try $0.disk.read(file, at: 5_000, count: 100) }
    #expect(again == .zero)
    let disk = world.stations.first { $0.kind == .disk }!
    #expect(disk.completions == 1 && disk.bytes == Int64(Self.mebibyte))
  }

  @Test func `After a power loss the page cache is empty, and after a kill it is not`() throws {
    let world = World(seed: 1, options: options { _ in })
    let (node, notes) = probe(world)
    _ = heldUp(world, notes) { host in
      let file = try host.disk.open("log", creating: true)
      try host.disk.append(bytes(1_000), to: file)
    }
    for (end, expected) in [(world.kill, Duration.zero), ({ world.powerLoss($0, unsynced: .kept) }, .milliseconds(8) + .microseconds(20))]
      as [((NodeIndex) -> Void, Duration)]
    {
      end(node)
      world.start(node)
      world.run(for: .milliseconds(1))
      let read = heldUp(world, notes) { host in
        _ = try host.disk.read(try host.disk.open("log", creating: false), at: 0, count: 10)
      }
      #expect(read == expected)
    }
  }

  @Test func `Unwritten bytes are written back in the background, and above the limit a writer waits`() {
    let world = World(seed: 1, options: options {
      $0.writebackFrom = 1_000_000
      $0.dirtyLimit = 3_000_000
    })
    let (_, notes) = probe(world)
    let begin = world.now
    let first = heldUp(world, notes) { host in
      let file = try host.disk.open("log", creating: true)
      try host.disk.append(bytes(1_500_000), to: file)
    }
    #expect(first == .zero)
    // Half a megabyte was too much, and is gone since.
    var disk = world.stations.first { $0.kind == .disk }!
    #expect(disk.bytes == 500_000 && disk.busy == .milliseconds(5))
    let held = heldUp(world, notes) { host in
      let file = try host.disk.open("other", creating: true)
      try host.disk.append(bytes(6_000_000), to: file)
    }
    // A mebibyte is on its way at once; of the rest, what is above the limit has to go as well.
    #expect(held == .nanoseconds((7_000_000 - 3_000_000) * 10))
    disk = world.stations.first { $0.kind == .disk }!
    #expect(disk.bytes == 6_500_000 && disk.busy == .milliseconds(65))
    #expect(disk.area == disk.residence && world.now > begin)
  }

  @Test func `A handler that waits for the disk leaves its core to others, and keeps its thread and its connection`() {
    var options = options { $0.pageCache = 0 }
    options.machine.processor.event = .microseconds(10)
    for (threads, expected) in [(1, Int64(8_000)), (2, 10)] {
      options.machine.processor.threads = threads
      let world = World(seed: 1, options: options)
      let (_, notes) = world.addProbe("one") {
        $0.onStart = { probe in
          let file = try! probe.host.disk.open("log", creating: true)
          try! probe.host.disk.append(Bytes([1]), to: file)
        }
        $0.onEvent = { probe, event in
          guard case .timer(let timer) = event, timer.subject == 1 else { return }
          _ = try! probe.host.disk.read(try! probe.host.disk.open("log", creating: false), at: 0, count: 1)
        }
      }
      world.run(for: .milliseconds(1))
      let begin = world.now
      for subject in 1...2 { notes.probe!.host.after(.zero, Timer(routine: 1, subject: UInt64(subject))) }
      world.run(for: .seconds(1))
      let gap = notes.events[1].time - begin
      #expect(gap >= .microseconds(expected) && gap < .microseconds(expected + 100))
      #expect(world.stations[0].busy == .microseconds(30))
    }
  }

  @Test func `Parallel flushes share the channel to the disk, and one whose bytes are written back only waits for its latency`() {
    let world = World(seed: 1, options: options { $0.parallelFlushes = 2 })
    let (_, notes) = world.addProbe("one") {
      $0.onStart = { probe in
        for name in ["a", "b"] {
          let file = try! probe.host.disk.open(name, creating: true)
          try! probe.host.disk.append(Bytes([UInt8](repeating: 1, count: 100_000)), to: file)
          _ = probe.host.disk.sync(file)
        }
      }
    }
    world.run(for: .seconds(1))
    #expect(notes.events.map { $0.time.nanoseconds / 1_000 } == [1_200, 2_200])
    let flush = world.stations.first { $0.kind == .flush }!
    #expect(flush.completions == 2 && flush.busy == .microseconds(3_400) && flush.bytes == 200_000)
  }

  @Test func `Flush times are drawn between the measured quantiles`() {
    let world = World(seed: 1, options: options { $0.syncQuantiles = [.microseconds(100), .microseconds(200), .milliseconds(10)] })
    var times: [Int64] = []
    let (_, notes) = world.addProbe("one")
    world.run(for: .milliseconds(1))
    notes.onEvent = { _, _ in world.stop() }
    for _ in 0..<400 {
      let begin = world.now
      _ = notes.probe!.host.disk.syncDirectory("")
      world.run(for: .seconds(1))
      times.append((world.now - begin).nanoseconds / 1_000)
    }
    times.sort()
    #expect(times[0] >= 100 && times[399] <= 10_000)
    #expect(times[100] > 120 && times[100] < 180)
    #expect(times[300] > 4_000 && times[300] < 6_000)
  }
}
