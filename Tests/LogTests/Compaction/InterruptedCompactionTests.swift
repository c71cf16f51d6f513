import Host
import Primitives
import Testing
import Wire

@testable import Log

/// Passes that do not come to their end, and ends of the process at every step of one.
@Suite struct InterruptedCompactionTests {
  private func fixture() throws -> LogFixture {
    let fixture = try LogFixture.compacted { $0.segmentBytes = 300 }
    for round in 0..<4 {
      for key in ["a", "b", "c"] { try fixture.write("\(key)=\(round)") }
      try fixture.log.roll()
    }
    try fixture.write("d=1")
    fixture.flush()
    return fixture
  }

  private func hasLeftovers(_ fixture: LogFixture) -> Bool {
    fixture.files.contains { $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") }
  }

  /// Runs this many steps of a pass.
  private func pass(over fixture: LogFixture, steps: Int) -> CleaningPass {
    let pass = fixture.pass()
    for _ in 0..<steps { if case .waiting = pass.step(sliceBytes: 80) { fixture.settle() } }
    return pass
  }

  @Test func `A step reads only one slice, and slices do not change the result`() throws {
    let whole = try fixture()
    whole.compact()
    let sliced = try fixture()
    let pass = sliced.pass()
    var steps = 0
    loop: while true {
      switch pass.step(sliceBytes: 80) {
      case .working(let bytes):
        #expect(bytes <= 160)
        steps += 1
      case .waiting: sliced.settle()
      case .ended(let ending):
        #expect(ending.compaction != nil)
        break loop
      }
    }
    #expect(steps > 24)
    #expect(try sliced.keyedContents() == whole.keyedContents() && sliced.log.segmentBaseOffsets == whole.log.segmentBaseOffsets)
  }

  @Test func `A truncation ends the pass wherever it is`() throws {
    for steps in 0..<40 {
      let fixture = try fixture()
      let pass = pass(over: fixture, steps: steps)
      try fixture.log.truncate(to: 7)
      let latest = try fixture.latest()
      var ending: CleaningPass.Ending?
      for _ in 0..<5 {
        if case .ended(let found) = pass.step(sliceBytes: 80) { ending = found }
        fixture.settle()
      }
      #expect(ending == nil || ending?.isInterrupted == true || ending?.compaction != nil, "after \(steps) steps")
      #expect(try fixture.latest() == latest && !hasLeftovers(fixture), "after \(steps) steps")
    }
  }

  @Test func `A log that is truncated between being chosen and being cleaned is not cleaned`() throws {
    let fixture = try fixture()
    let chosen = fixture.cleanable()
    try fixture.log.truncate(to: 7)
    let latest = try fixture.latest()
    guard case .ended(.interrupted) = CleaningPass(chosen, map: CleanerConfiguration().offsetMap, now: fixture.host.wallClock).step(sliceBytes: 80) else {
      Issue.record("the pass began")
      return
    }
    #expect(try fixture.latest() == latest && !hasLeftovers(fixture))
    #expect(fixture.compact()?.compaction?.to == 6)
  }

  @Test func `A closed log is not cleaned`() throws {
    for steps in [1, 20, 30] {
      let fixture = try fixture()
      let pass = pass(over: fixture, steps: steps)
      fixture.log.close()
      guard case .ended(.interrupted) = pass.step(sliceBytes: 80) else {
        Issue.record("the pass went on")
        continue
      }
      fixture.settle()
      try fixture.reopen(isClean: true)
      #expect(try fixture.latest() == ["a": "3", "b": "3", "c": "3", "d": "1"] && !hasLeftovers(fixture))
    }
  }

  @Test func `A pass that is given up while the disk syncs leaves the log alone`() throws {
    let fixture = try fixture()
    let pass = fixture.pass()
    while true {
      if case .waiting = pass.step(sliceBytes: 80) { break }
    }
    try pass.discard()
    fixture.settle()
    #expect(fixture.log.failure == nil && !hasLeftovers(fixture))
    #expect(try fixture.latest() == ["a": "3", "b": "3", "c": "3", "d": "1"])
  }

  @Test func `A topic that is no longer compacted is not cleaned further`() throws {
    let fixture = try fixture()
    let pass = pass(over: fixture, steps: 3)
    fixture.log.configuration.cleanupPolicy = .delete
    guard case .ended(.interrupted) = pass.step(sliceBytes: 80) else {
      Issue.record("the pass went on")
      return
    }
    #expect(try fixture.keyedContents().count == 13)
  }

  @Test func `A damaged batch ends the pass, and is not copied`() throws {
    let fixture = try fixture()
    fixture.disk.overwrite(fixture.path(LogFixture.name(3, ".log"))) { $0[$0.count - 2] ^= 1 }
    guard case .failed(.damaged)? = fixture.compact() else {
      Issue.record("the damage was not seen")
      return
    }
    #expect(fixture.log.failure == nil && !hasLeftovers(fixture))
    #expect(fixture.log.segmentBaseOffsets == [0, 3, 6, 9, 12])
  }

  /// The disk fails at each of its operations in turn, and the process ends there.
  @Test(arguments: [0, 13]) func `After a crash at any step each key has its last value, and the next pass succeeds`(recoveryPoint: Int64) throws {
    let expected = ["a": "3", "b": "3", "c": "3", "d": "1"]
    var step = 0
    while true {
      let fixture = try fixture()
      var operations = 0
      fixture.disk.failure = { _, _ in
        operations += 1
        return operations == step + 1 ? .inputOutput : nil
      }
      let ending = fixture.compact(sliceBytes: 80)
      let hasFailed = operations > step
      #expect((ending?.compaction == nil) == hasFailed, "after operation \(step)")
      fixture.disk.failure = nil
      fixture.kill()
      try fixture.reopen(recoveryPoint: Offset(recoveryPoint))
      #expect(try fixture.latest() == expected, "after operation \(step)")
      #expect(fixture.host.warnings.isEmpty, "after operation \(step)")
      #expect(!hasLeftovers(fixture) && fixture.log.logEndOffset == 13, "after operation \(step)")
      #expect(fixture.compact()?.compaction != nil, "after operation \(step)")
      #expect(try fixture.latest() == expected, "after operation \(step)")
      guard hasFailed else { break }
      step += 1
    }
    #expect(step > 20)
  }

  @Test func `After a power loss each key has its last value`() throws {
    for seed: UInt64 in 1...20 {
      let fixture = try fixture()
      fixture.random = RandomStream(seed: seed, purpose: "power")
      // Each segment that is put in place is synced before, and its name right behind.
      let pass = pass(over: fixture, steps: Int(seed) * 2)
      fixture.settle()
      fixture.losePower()
      try fixture.reopen(recoveryPoint: 13)
      #expect(try fixture.latest() == ["a": "3", "b": "3", "c": "3", "d": "1"], "seed \(seed)")
      _ = pass
    }
  }
}
