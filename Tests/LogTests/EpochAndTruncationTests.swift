import Host
import Log
import MarkExpectations
import Primitives
import Testing

@Suite struct EpochAndTruncationTests {
  /// Epoch 1 from 0, 3 from 2, 4 from 5 to 6.
  private func epochs() throws -> LogFixture {
    let fixture = try LogFixture()
    try fixture.append("a", "b", epoch: 1)
    try fixture.append("c", "d", "e", epoch: 3)
    try fixture.append("f", epoch: 4)
    return fixture
  }

  @Test func `The end of an epoch is returned with the largest epoch that is not above it`() throws {
    let log = try epochs().log!
    func answer(_ epoch: LeaderEpoch) -> String { log.endOffset(of: epoch).map { "\($0.epoch)@\($0.endOffset)" } ?? "none" }
    #expect([0, 1, 2, 3, 4, 5].map { answer(LeaderEpoch($0)) } == ["0@0", "1@2", "1@2", "3@5", "4@6", "none"])
    #expect(answer(.unknown) == "none")
  }

  @Test func `The old response has only the start of the next epoch`() throws {
    let log = try epochs().log!
    #expect([0, 1, 2, 3, 4, 5].map { log.endOffsetByKIP101(of: LeaderEpoch($0)) } == [nil, 2, 2, 5, 6, nil])
  }

  @Test func `A leader's epoch is on the disk before its first record`() throws {
    let fixture = try epochs()
    fixture.log.assignEpochStart(epoch: 7, startOffset: 6)
    #expect(fixture.log.endOffset(of: 5).map(\.endOffset) == 6)
    fixture.settle()
    #expect(String(decoding: fixture.disk.content(fixture.path("leader-epoch-checkpoint")), as: UTF8.self).hasSuffix("\n7 6\n"))
  }

  @Test func `A truncation that removes no records forgets epochs without records`() throws {
    let fixture = try epochs()
    fixture.log.assignEpochStart(epoch: 7, startOffset: 6)
    try expectMark(.epochsCutWithoutRecords) { try fixture.log.truncate(to: 6) }
    #expect(fixture.log.latestEpoch == 4)
    #expect(fixture.host.occurrences.isEmpty)
  }

  @Test func `A truncation inside a batch removes the whole batch`() throws {
    let fixture = try epochs()
    try fixture.log.truncate(to: 4, reason: .leaderEpoch, highWatermark: 1)
    #expect(fixture.log.logEndOffset == 2)
    #expect(fixture.log.latestEpoch == 1)
    guard case .truncated(_, from: 6, to: 2, highWatermark: 1, reason: .leaderEpoch) = fixture.host.occurrences.last else {
      Issue.record("\(fixture.host.occurrences)")
      return
    }
    #expect(try fixture.append("g", epoch: 9).baseOffset == 2)
  }

  /// Compaction has removed what was at 1 to 8, and a truncation cuts off what followed.
  @Test func `A log that ends in a gap has nothing for readers there, and then what is written behind it`() throws {
    let fixture = try LogFixture()
    try fixture.append("a")
    for (offset, isClosed) in [(9, true), (20, false)] as [(Offset, Bool)] {
      _ = try fixture.log.append(asFollower: fixture.batch(["b"], baseOffset: offset, epoch: 0), leaderEpoch: 0)
      if isClosed { try fixture.log.roll() }
    }
    func read(from offset: Offset) throws -> LogSlice { try fixture.log.read(from: offset, upTo: fixture.log.logEndOffset, maxBytes: 1_000, minOneBatch: true) }
    try fixture.log.truncate(to: 15)
    try fixture.log.truncate(to: 8)
    #expect(fixture.log.logEndOffset == 8)
    for offset in [1, 4, 7] as [Offset] { #expect(try read(from: offset).isEmpty) }
    try fixture.log.truncate(to: 6)
    #expect(fixture.log.logEndOffset == 6 && fixture.log.failure == nil)
    try fixture.log.roll()
    #expect(try read(from: 3).isEmpty)
    try fixture.append("c")
    #expect(try read(from: 3).baseOffset == 6 && fixture.contents() == ["0:a", "6:c"])
    #expect(try fixture.log.offset(forTimestamp: .none)?.offset == 0)
  }

  @Test func `A truncation across segments removes their files`() throws {
    let fixture = try LogFixture { $0.segmentBytes = 400 }
    for index in 0..<9 { try fixture.append("v\(index)", size: 50) }
    #expect(fixture.log.segmentBaseOffsets == [0, 3, 6])
    try expectMark(.truncationAcrossSegments) { try fixture.log.truncate(to: 4) }
    #expect(fixture.log.segmentBaseOffsets == [0, 3] && fixture.log.logEndOffset == 4)
    #expect(!fixture.files.contains(LogFixture.name(6, ".log")))
    try fixture.log.truncateFully(startingAt: 100)
    #expect(fixture.log.segmentBaseOffsets == [100] && fixture.log.latestEpoch == nil)
    #expect(try fixture.append("new", epoch: 1).baseOffset == 100)
  }

  @Test func `The first epoch begins at the log start`() throws {
    let fixture = try epochs()
    try fixture.log.advanceLogStartOffset(to: 3)
    #expect(fixture.log.epochStarts.map { "\($0.epoch)@\($0.startOffset)" } == ["3@3", "4@5"])
    #expect(fixture.log.earliestOffset == TimestampedOffset(offset: 3, timestamp: .none, leaderEpoch: 3))
    #expect(throws: LogError.offsetOutOfRange(requested: 7, logStartOffset: 3, logEndOffset: 6)) { try fixture.log.advanceLogStartOffset(to: 7) }
    #expect(throws: LogError.offsetOutOfRange(requested: 2, logStartOffset: 3, logEndOffset: 6)) {
      try fixture.log.read(from: 2, upTo: 6, maxBytes: 100, minOneBatch: true)
    }
  }
}
