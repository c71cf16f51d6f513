import Host
import Primitives
import Testing
import Wire

@testable import Log

/// Which part of a log may be cleaned, and when it is worth it.
@Suite struct CleanableLogTests {
  /// Segments at 0, 2 and 4, written a second apart, and an active one at 6.
  private func fixture(_ change: (inout LogConfiguration) -> Void = { _ in }) throws -> LogFixture {
    let fixture = try LogFixture.compacted(change)
    for _ in 0..<3 {
      try fixture.write("a=1")
      try fixture.write("b=1")
      try fixture.log.roll()
      fixture.host.wallClock = fixture.host.wallClock + .seconds(1)
    }
    try fixture.write("c=1")
    return fixture
  }

  @Test func `Everything below the active segment is dirty at first`() throws {
    let cleanable = try fixture().cleanable()
    #expect(cleanable.firstDirtyOffset == 0 && cleanable.firstUncleanableOffset == 6)
    #expect(cleanable.cleanBytes == 0 && cleanable.dirtyRatio == 1 && cleanable.isWorthCleaning && !cleanable.isCheckpointInvalid)
  }

  @Test func `A checkpoint says what is clean`() throws {
    let fixture = try fixture()
    let third = fixture.cleanable(from: 4)
    #expect(third.firstDirtyOffset == 4)
    #expect(third.dirtyRatio > 0.3 && third.dirtyRatio < 0.4 && !third.isWorthCleaning)
    fixture.log.configuration.minCleanableDirtyRatio = 0.2
    #expect(fixture.cleanable(from: 4).isWorthCleaning)
    let clean = fixture.cleanable(from: 6)
    #expect(clean.cleanableBytes == 0 && !clean.isWorthCleaning)
  }

  @Test(arguments: [-1, 8, 1_000_000])
  func `A checkpoint that is not an offset of the log is ignored`(checkpoint: Int64) throws {
    let cleanable = try fixture().cleanable(from: Offset(checkpoint))
    #expect(cleanable.isCheckpointInvalid && cleanable.firstDirtyOffset == 0)
  }

  @Test func `A segment that reaches above the high watermark is not cleaned`() throws {
    let fixture = try fixture()
    #expect(fixture.cleanable(highWatermark: 3).firstUncleanableOffset == 2)
    #expect(fixture.cleanable(highWatermark: 4).firstUncleanableOffset == 4)
    #expect(!fixture.cleanable(highWatermark: 0).isWorthCleaning)
  }

  @Test func `Records younger than min.compaction.lag.ms are not cleaned`() throws {
    let fixture = try fixture { $0.minCompactionLag = .milliseconds(2500) }
    // Now is three seconds after the first segment, two after the second.
    #expect(fixture.cleanable().firstUncleanableOffset == 2)
    fixture.host.wallClock = fixture.host.wallClock + .milliseconds(500)
    #expect(fixture.cleanable().firstUncleanableOffset == 4)
  }

  @Test func `Records older than max.compaction.lag.ms are cleaned, however few there are`() throws {
    let fixture = try fixture { $0.maxCompactionLag = .milliseconds(1500) }
    #expect(!fixture.cleanable(from: 4).isOverdue)
    fixture.host.wallClock = fixture.host.wallClock + .milliseconds(501)
    let cleanable = fixture.cleanable(from: 4)
    #expect(cleanable.isOverdue && cleanable.dirtyRatio < 0.5 && cleanable.isWorthCleaning)
  }

  @Test func `The active segment of a compacted log ends after max.compaction.lag.ms`() throws {
    for policy in [CleanupPolicy.compact, .delete] {
      let fixture = try LogFixture {
        $0.cleanupPolicy = policy
        $0.maxCompactionLag = .seconds(10)
      }
      try fixture.write("a=1")
      fixture.host.wallClock = fixture.host.wallClock + .seconds(11)
      try fixture.write("b=1")
      #expect(fixture.log.segmentCount == (policy == .compact ? 2 : 1))
    }
  }
}
