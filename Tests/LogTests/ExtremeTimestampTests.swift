import Host
import Log
import Primitives
import Testing
import Wire

/// Any client may allow any timestamp for its topic, and send it.
@Suite struct ExtremeTimestampTests {
  static let timestamps: [Int64] = [0, 11_019_226_706_598, .max, .max - 1, 9_223_372_036_854, 1, -1]

  @Test func `Timestamps of all sizes are kept, found and used for rolling`() throws {
    let fixture = try LogFixture {
      $0.messageTimestampBeforeMax = .forever
      $0.messageTimestampAfterMax = .forever
      $0.indexIntervalBytes = 0
    }
    for timestamp in Self.timestamps { try fixture.append("\(timestamp)", timestamp: timestamp) }
    #expect(fixture.log.logEndOffset == Offset(Int64(Self.timestamps.count)))
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: .max))?.offset == 2)
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: .min))?.offset == 0)
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: 2))?.offset == 1)
    #expect(try fixture.log.offsetOfMaxTimestamp()?.offset == 2)
    let before = try fixture.contents()
    for isClean in [true, false] {
      fixture.flush()
      fixture.log.close()
      try fixture.reopen(isClean: isClean)
      #expect(try fixture.contents() == before)
      #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: .max))?.offset == 2)
    }
  }

  @Test func `Records far in the future are kept, and those far in the past are deleted`() throws {
    let fixture = try LogFixture {
      $0.messageTimestampAfterMax = .forever
      $0.retention = .seconds(100)
    }
    for timestamp in [0, Int64.max] {
      try fixture.append("\(timestamp)", timestamp: timestamp)
      try fixture.log.roll()
    }
    fixture.host.wallClock = Timestamp(milliseconds: 1_000_000_000_000)
    #expect(try fixture.log.enforceRetention(highWatermark: 2) == 1)
    #expect(fixture.log.logStartOffset == 1)
    fixture.log.configuration.retention = .forever
    #expect(try fixture.log.enforceRetention(highWatermark: 2) == 0)
  }
}
