import Host
import Log
import Primitives
import Testing

@Suite struct SegmentTests {
  @Test func `A segment rolls before it grows above its size`() throws {
    let fixture = try LogFixture { $0.segmentBytes = 300 }
    let size = try fixture.append("v", size: 30).sizeInBytes
    fixture.log.configuration.segmentBytes = Int32(3 * size)
    try fixture.append("v", size: 30)
    try fixture.append("v", size: 30)
    #expect(fixture.log.segmentCount == 1)
    try fixture.append("v", size: 30)
    #expect(fixture.log.segmentBaseOffsets == [0, 3])
  }

  @Test func `A segment rolls by the age of its records`() throws {
    let fixture = try LogFixture { $0.segmentAge = .seconds(10) }
    let start = fixture.host.wallClock.milliseconds
    try fixture.append("a", timestamp: start)
    try fixture.append("b", timestamp: start + 10_000)
    #expect(fixture.log.segmentCount == 1)
    try fixture.append("c", timestamp: start + 10_001)
    #expect(fixture.log.segmentBaseOffsets == [0, 2])
  }

  @Test func `A segment rolls when an index is full`() throws {
    let fixture = try LogFixture {
      $0.indexIntervalBytes = 0
      $0.segmentIndexBytes = 40
    }
    // Five entries of 8 bytes, the first one with the second batch; of the time index two, as one stays free.
    for _ in 0..<6 { try fixture.append("v", timestamp: 1_000_000) }
    #expect(fixture.log.segmentCount == 1)
    try fixture.append("v", timestamp: 1_000_000)
    #expect(fixture.log.segmentBaseOffsets == [0, 6])
    #expect(fixture.disk.content(fixture.path(LogFixture.name(0, ".index"))).count == 40)
  }

  @Test func `A segment rolls at the end of the relative offsets`() throws {
    let fixture = try LogFixture { $0.cleanupPolicy = .compact }
    _ = try fixture.log.append(asFollower: fixture.batch(["a"], baseOffset: 0, epoch: 0), leaderEpoch: 0)
    _ = try fixture.log.append(asFollower: fixture.batch(["b"], baseOffset: 2_147_483_648, epoch: 0), leaderEpoch: 0)
    #expect(fixture.log.segmentBaseOffsets == [0, 2_147_483_648])
    #expect(try fixture.log.read(from: 1, upTo: 4_000_000_000_000, maxBytes: 1000, minOneBatch: true).baseOffset == 2_147_483_648)
  }

  @Test func `Index entries come about once per interval`() throws {
    let fixture = try LogFixture { $0.indexIntervalBytes = 200 }
    for index in 0..<8 { try fixture.append("v", timestamp: 1_000_000 + Int64(index), size: 40) }
    let size = fixture.log.sizeInBytes / 8
    let content = Bytes(fixture.disk.content(fixture.path(LogFixture.name(0, ".index"))))
    let entries = stride(from: 0, to: content.count, by: 8).map { at in
      "\(content.integer(at: at, as: Int32.self)) \(Int(content.integer(at: at + 4, as: Int32.self)) / size)"
    }
    #expect(entries == ["2 2", "4 4", "6 6"])
    #expect(try fixture.records().count == 8)
  }

  @Test func `A roll syncs the old segment in the background`() throws {
    let fixture = try LogFixture()
    try fixture.append("a")
    try fixture.log.roll()
    try fixture.append("b")
    #expect(fixture.log.flushedOffset == 0)
    fixture.settle()
    #expect(fixture.log.flushedOffset == 1)
    fixture.losePower()
    try fixture.reopen(recoveryPoint: 1)
    #expect(try fixture.contents().first == "0:a")
  }

  @Test func `Timestamps are found by record, not by batch`() throws {
    let fixture = try LogFixture { $0.indexIntervalBytes = 100 }
    for index in 0..<20 {
      try fixture.append("v\(index)", timestamp: 1_000_000 + Int64(index) * 100, size: 30)
      if index == 9 { try fixture.log.roll() }
    }
    try fixture.append("late", epoch: 3, timestamp: 1_000_050)
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: 0))?.offset == 0)
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: 1_000_701))?.offset == 8)
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: 1_001_400))?.offset == 14)
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: 1_001_901)) == nil)
    #expect(try fixture.log.offsetOfMaxTimestamp()?.offset == 19)
    try fixture.log.truncate(to: 19)
    #expect(try fixture.log.offsetOfMaxTimestamp()?.offset == 18)
    try fixture.log.advanceLogStartOffset(to: 5)
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: 0))?.offset == 5)
  }

  // MARK: Retention

  private func aged() throws -> LogFixture {
    let fixture = try LogFixture { $0.retention = .seconds(100) }
    for index in 0..<3 {
      try fixture.append("v\(index)", size: 100)
      try fixture.log.roll()
      fixture.settle()
      fixture.host.advance(.seconds(40))
    }
    return fixture
  }

  @Test func `Retention deletes segments that are too old`() throws {
    let fixture = try aged()
    #expect(try fixture.log.enforceRetention(highWatermark: 3) == 1)
    #expect(fixture.log.logStartOffset == 1)
    #expect(fixture.files.contains(LogFixture.name(0, ".log.deleted")))
    fixture.host.advance(.seconds(61))
    #expect(!fixture.files.contains { $0.hasSuffix(".deleted") })
  }

  @Test func `Retention stops at the high watermark`() throws {
    let fixture = try aged()
    fixture.host.advance(.seconds(1000))
    #expect(try fixture.log.enforceRetention(highWatermark: 2) == 2)
    #expect(fixture.log.logStartOffset == 2)
  }

  @Test func `Retention rolls the active segment before deleting it`() throws {
    let fixture = try LogFixture { $0.retention = .seconds(1) }
    try fixture.append("a")
    fixture.host.advance(.seconds(5))
    #expect(try fixture.log.enforceRetention(highWatermark: 1) == 1)
    #expect(fixture.log.logStartOffset == 1 && fixture.log.segmentBaseOffsets == [1])
    #expect(try fixture.append("b").baseOffset == 1)
  }

  @Test func `Retention by size keeps at least that much`() throws {
    let fixture = try aged()
    fixture.log.configuration.retention = nil
    let segment = Int64(fixture.log.sizeInBytes / 3)
    fixture.log.configuration.retentionBytes = segment + 1
    #expect(try fixture.log.enforceRetention(highWatermark: 3) == 1)
    fixture.log.configuration.retentionBytes = segment
    #expect(try fixture.log.enforceRetention(highWatermark: 3) == 1)
    #expect(fixture.log.logStartOffset == 2)
  }

  @Test func `Deletions are reported, with their rule, offsets and segments`() throws {
    let fixture = try aged()
    func told() -> [String] {
      fixture.host.occurrences.compactMap { occurrence in
        guard case .recordsDeleted(_, let from, let to, let rule, let segments) = occurrence else { return nil }
        return "\(rule.rawValue): \(from) to \(to), segments \(segments.map(\.baseOffset.description).joined(separator: " "))"
      }
    }
    #expect(try fixture.log.enforceRetention(highWatermark: 3) == 1)
    #expect(told() == ["retention.ms: 0 to 1, segments 0"])
    // A leader's log start offset is followed: no rule of this log.
    try fixture.log.advanceLogStartOffset(to: 2)
    #expect(told().count == 1)
    #expect(try fixture.log.enforceRetention(highWatermark: 3) == 1)
    #expect(told().last == "the log start offset: 2 to 2, segments 1")
    try fixture.log.advanceLogStartOffset(to: 3, by: .deleteRecords)
    #expect(told().last == "DeleteRecords: 2 to 3, segments ")
  }

  @Test func `Segments below the log start are deleted, whatever the policy`() throws {
    let fixture = try aged()
    fixture.log.configuration.cleanupPolicy = .compact
    try fixture.log.advanceLogStartOffset(to: 2)
    #expect(try fixture.log.enforceRetention(highWatermark: 3) == 2)
    #expect(fixture.log.segmentBaseOffsets == [2, 3])
  }
}
