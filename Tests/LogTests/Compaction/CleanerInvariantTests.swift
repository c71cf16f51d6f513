import Host
import Primitives
import Testing
import Wire

@testable import Log

/// What must hold of the log cleaner between two events. Each is broken on purpose by a change of the state that no call would make.
@Suite struct CleanerInvariantTests {
  private static let t0 = TopicPartition("t", 0), t1 = TopicPartition("t", 1)

  /// A broker with two compacted logs; the first one has five records to clean, and its active segment begins at 5. A slice is a batch, and has to wait
  /// for most of a second.
  private final class Fixture {
    let host = TestHost(TestDisk())
    let manager: LogManager

    init() throws {
      try LogManager.format(root: "logs", MetaProperties(clusterID: "c", nodeID: 1, directoryID: Uuid(high: 7, low: 9)), reactor: host.reactor)
      host.finishDiskOperations()
      var configuration = LogManagerConfiguration()
      configuration.cleaner.maxBytesPerSecond = 100
      configuration.cleaner.ioBufferSize = 1
      manager = try LogManager(root: "logs", configuration: configuration, reactor: host.reactor)
      manager.highWatermark = { [unowned manager] in manager.log(for: $0)?.logEndOffset }
      try manager.open { _ in
        var configuration = LogConfiguration()
        configuration.cleanupPolicy = .compact
        return configuration
      }
      manager.start()
      for partition in [t0, t1] { _ = try manager.getOrCreate(partition, topicID: Uuid(high: 1, low: 1)) }
      for _ in 0..<5 { try append() }
      try log.roll()
    }

    var log: PartitionLog { manager.logs[t0]! }
    var other: PartitionLog { manager.logs[t1]! }
    var cleaner: LogCleaner { manager.cleaner }
    var worker: CleanerWorker { cleaner.workers[0] }

    var broken: [String] {
      var check = InvariantCheck()
      manager.checkInvariants(&check)
      #expect(check.examined > 0)
      return check.broken
    }

    func append() throws {
      var builder = RecordBatchBuilder()
      builder.append(timestamp: host.wallClock, key: Bytes("a"), value: Bytes("1"))
      _ = try log.append(asLeader: builder.build(), epoch: 0)
    }
  }

  /// In the middle of a pass.
  private func cleaning() throws -> Fixture {
    let fixture = try Fixture()
    fixture.host.advance(.seconds(16))
    #expect(fixture.worker.pass != nil)
    #expect(fixture.broken == [])
    return fixture
  }

  @Test func `A cleaner keeps the invariants before a pass, at any moment of it and after it`() throws {
    let fixture = try Fixture()
    for turn in 0..<400 as Range<UInt64> {
      fixture.host.advance(.milliseconds(100))
      #expect(fixture.broken == [])
      var check = InvariantCheck(turn: turn)
      fixture.manager.checkInvariants(&check)
      #expect(check.broken == [])
    }
    #expect(fixture.cleaner.checkpoint[Self.t0] == 5)
    fixture.manager.stop()
    #expect(fixture.broken == [])
  }

  // MARK: What is known of logs

  @Test func `A checkpoint after the base offset of the active segment is reported, unless an earlier life wrote it or the log begins there`() throws {
    let fixture = try Fixture()
    fixture.cleaner.checkpoint[Self.t0] = 5
    #expect(fixture.broken == [])
    fixture.cleaner.checkpoint[Self.t0] = 6
    let told = ["log cleaner: t-0 counts as clean below 6, and its active segment begins at 5"]
    #expect(fixture.broken == told)
    fixture.manager.found.cleanedOffsets = OffsetCheckpoint([(Self.t0, 6)])
    #expect(fixture.broken == [])
    fixture.manager.found.cleanedOffsets = nil
    try fixture.append()
    #expect(fixture.broken == told)
    try fixture.log.advanceLogStartOffset(to: 6)
    #expect(fixture.broken == [])
  }

  @Test func `A log whose checkpoint is on the disk but not in the cleaner is reported`() throws {
    let fixture = try Fixture()
    fixture.cleaner.written.append(Self.t1)
    #expect(fixture.broken == ["log cleaner: the disk knows that t-1 was compacted, and it has no checkpoint"])
    fixture.cleaner.checkpoint[Self.t1] = 0
    #expect(fixture.broken == [])
  }

  @Test func `A log that must not be cleaned, and is gone, is reported`() throws {
    let fixture = try Fixture()
    fixture.cleaner.uncleanable = [Self.t1]
    #expect(fixture.broken == [])
    fixture.cleaner.uncleanable = [Self.t1, TopicPartition("gone", 0)]
    #expect(fixture.broken == ["log cleaner: gone-0 is to be left alone, and is none of the logs"])
  }

  // MARK: Who cleans

  @Test func `Cleaners that run although there is no work are reported, and so are missing ones`() throws {
    let fixture = try Fixture()
    fixture.cleaner.isRunning = false
    #expect(fixture.broken == ["log cleaner: it does not run, and there are 1 cleaners"])
    fixture.cleaner.isRunning = true
    fixture.cleaner.workers = []
    #expect(fixture.broken == ["log cleaner: there are compacted logs, and 0 of 1 cleaners"])
    fixture.log.configuration.cleanupPolicy = .delete
    fixture.other.configuration.cleanupPolicy = .delete
    fixture.cleaner.workers = []
    #expect(fixture.broken == [])
  }

  @Test func `A cleaner that nothing will wake is reported, unless no log is compacted`() throws {
    let fixture = try Fixture()
    fixture.worker.timer = nil
    #expect(fixture.broken == ["log cleaner: there are compacted logs, and nothing will wake cleaner 0"])
    fixture.log.configuration.cleanupPolicy = .delete
    fixture.other.configuration.cleanupPolicy = .delete
    fixture.worker.timer = nil
    #expect(fixture.broken == [])
    fixture.log.configuration.cleanupPolicy = .compact
    #expect(fixture.broken == [], "it was woken")
  }

  @Test func `A pass without a log, or over another one, is reported`() throws {
    let fixture = try cleaning()
    fixture.worker.log = nil
    #expect(fixture.broken == ["log cleaner: cleaner 0 is in a pass, and has no log"])
    fixture.worker.log = fixture.other
    #expect(fixture.broken.contains("log cleaner: t-1 is being cleaned, by a pass over t-0"))
  }

  @Test func `A log that is being cleaned and is gone, or is cleaned twice, is reported`() throws {
    let fixture = try cleaning()
    let log = fixture.log
    fixture.manager.logs.removeValue(forKey: Self.t0)
    #expect(fixture.broken == ["log cleaner: t-0 is being cleaned, and is none of the logs"])
    fixture.manager.logs[Self.t0] = log
    let second = CleanerWorker(cleaner: fixture.cleaner, index: 1, reactor: fixture.host.reactor)
    fixture.cleaner.workers.append(second)
    #expect(fixture.broken == [])
    second.log = log
    #expect(fixture.broken == Array(repeating: "log cleaner: t-0 is being cleaned twice at a time", count: 2))
  }

  @Test func `A log that is cleaned although it must not be is reported, and so is one that the disk does not know as compacted`() throws {
    let fixture = try cleaning()
    fixture.cleaner.uncleanable = [Self.t0]
    #expect(fixture.broken == ["log cleaner: t-0 is being cleaned, and is to be left alone"])
    fixture.cleaner.uncleanable = []
    fixture.cleaner.written = []
    #expect(fixture.broken == ["log cleaner: t-0 is being cleaned, and the disk does not know that it is compacted"])
  }

  @Test func `A pass that nothing will continue is reported, unless it waits for the disk`() throws {
    let fixture = try cleaning()
    fixture.worker.timer = nil
    #expect(fixture.broken == ["log cleaner: t-0 is being cleaned, and nothing will go on with it"])
    fixture.worker.pass?.phase = .swapping
    fixture.log.isReplacingSegments = true
    #expect(fixture.broken == [])
  }

  @Test func `A checkpoint that is not where the pass began is reported`() throws {
    let fixture = try cleaning()
    fixture.cleaner.checkpoint[Self.t0] = 3
    #expect(fixture.broken == ["log cleaner, t-0: it is being cleaned from 0 on, and counts as clean below 3"])
    fixture.cleaner.written = []
    fixture.cleaner.checkpoint[Self.t0] = nil
    #expect(fixture.broken.contains("log cleaner, t-0: it is being cleaned from 0 on, and counts as clean below no offset"))
  }

  // MARK: Passes

  /// Segments of three records at 0, 3, 6 and 9, and an active one at 12. None of two fits into one.
  private func segments() throws -> LogFixture {
    let fixture = try LogFixture.compacted { $0.segmentBytes = 300 }
    for round in 0..<4 {
      for key in ["a", "b", "c"] { try fixture.write("\(key)=\(round)") }
      try fixture.log.roll()
    }
    try fixture.write("d=1")
    fixture.flush()
    return fixture
  }

  private func broken(_ pass: CleaningPass, checkpoint: Offset = 0) -> [String] {
    var check = InvariantCheck()
    pass.checkInvariants(&check, checkpoint: checkpoint)
    return check.broken
  }

  @Test func `A pass keeps the invariants between any two of its steps, even one that is about to end`() throws {
    let fixture = try segments()
    let pass = fixture.pass()
    var ending: CleaningPass.Ending?
    while ending == nil {
      #expect(broken(pass) == [])
      switch pass.step(sliceBytes: 80) {
      case .working: break
      case .waiting:
        #expect(broken(pass) == [], "the disk syncs")
        fixture.settle()
      case .ended(let found): ending = found
      }
    }
    #expect(ending?.compaction?.to == 12)
    let cut = try segments()
    let interrupted = cut.pass()
    try cut.log.truncate(to: 4)
    #expect(broken(interrupted) == [])
  }

  @Test func `A pass over nothing is reported, and so is one that reaches the active segment`() throws {
    let fixture = try segments()
    #expect(broken(fixture.pass(from: 9), checkpoint: 9) == [])
    #expect(broken(fixture.pass(from: 12), checkpoint: 12) == ["log cleaner, t-0: offsets 12 to 12 are to be cleaned, and the active segment begins at 12"])
    let pass = fixture.pass()
    fixture.log.segments.removeLast()
    #expect(broken(pass) == ["log cleaner, t-0: offsets 0 to 12 are to be cleaned, and the active segment begins at 9"])
  }

  @Test func `An offset map with offsets that are not being cleaned is reported`() throws {
    let fixture = try segments()
    let pass = fixture.pass()
    pass.map.advance(to: fixture.log.active.baseOffset - 1)
    #expect(broken(pass) == [])
    pass.map.advance(to: fixture.log.active.baseOffset)
    #expect(broken(pass) == ["log cleaner, t-0: the offset map goes to 12, and what is to be cleaned ends at 12"])
  }

  @Test func `A pass that waits for a segment that is not being written is reported`() throws {
    let fixture = try segments()
    let pass = fixture.pass()
    pass.phase = .swapping
    #expect(broken(pass) == ["log cleaner, t-0: a segment is to be put in place, and none is on its way to the disk"])
    fixture.log.isReplacingSegments = true
    #expect(broken(pass) == [])
  }

  @Test func `A segment that would replace others than those read is reported`() throws {
    let fixture = try segments()
    let pass = fixture.pass()
    while pass.cleaned == nil { _ = pass.step(sliceBytes: 80) }
    #expect(broken(pass) == [])
    pass.groupIndex += 1
    #expect(broken(pass) == ["log cleaner, t-0: the segment at 0 is being written, in the place of that at 3"])
    #expect(fixture.log.isReplacingSegments)
  }

  @Test func `A pass with a segment that is gone is reported, as long as it has to be cleaned`() throws {
    let fixture = try segments()
    let pass = fixture.pass()
    fixture.log.segments.remove(at: 1)
    let told = ["log cleaner, t-0: the segment at 3 is yet to be cleaned, and is no part of the log"]
    #expect(broken(pass) == told)
    pass.groups = pass.segments.map { [$0] }
    #expect(broken(pass) == told)
    pass.groupIndex = 2
    #expect(broken(pass) == [])
  }
}
