import Host
import Primitives
import Testing
import Wire

@testable import Log

/// Segments that stand in the place of others, as compaction leaves them.
@Suite struct ReplacingTests {
  /// Segments 0 and 4, each with an epoch that begins within the second, and the active one from 8 on.
  private func threeSegments(_ change: (inout LogConfiguration) -> Void = { _ in }) throws -> LogFixture {
    try LogFixture.threeSegments {
      $0.cleanupPolicy = .compact
      change(&$0)
    }
  }

  /// A batch that a compaction left: of its offsets only the last one still has a record.
  private func compacted(_ first: Int64, _ last: Int64, epoch: LeaderEpoch = 0) -> Bytes {
    var builder = RecordBatchBuilder(baseOffset: Offset(first), leaderEpoch: epoch)
    builder.append(offsetDelta: Int32(last - first), timestamp: Timestamp(milliseconds: 1_000_000), key: Bytes("key"), value: Bytes("kept \(last)"))
    return builder.build()
  }

  private func joined(_ batches: Bytes...) -> Bytes { Bytes(joining: batches) }

  /// Everything below 8 in one segment.
  private var merged: [SegmentReplacement] {
    [SegmentReplacement(baseOffset: 0, records: joined(compacted(0, 3), compacted(5, 7, epoch: 1)))]
  }

  /// Each of both segments by itself.
  private var shortened: [SegmentReplacement] {
    [SegmentReplacement(baseOffset: 0, records: compacted(0, 2)), SegmentReplacement(baseOffset: 4, records: compacted(5, 7, epoch: 1))]
  }

  /// Runs to the end, and says how it ended; nil where it did not.
  @discardableResult
  private func replace(_ fixture: LogFixture, by replacements: [SegmentReplacement]) throws -> Result<Bool, LogError>? {
    var outcome: Result<Bool, LogError>?
    try fixture.log.replaceSegments(in: 0..<8, by: replacements) { outcome = $0 }
    fixture.settle()
    return outcome
  }

  private func tail(of contents: [String]) -> [String] { Array(contents.suffix(4)) }

  @Test func `One segment replaces two, and reads the same`() throws {
    let fixture = try threeSegments()
    let before = try fixture.contents()
    #expect(try replace(fixture, by: merged) == .success(true))
    #expect(fixture.log.segmentBaseOffsets == [0, 8])
    #expect(try fixture.contents() == ["3:kept 3", "7:kept 7"] + tail(of: before))
    // From within a gap the next record is read.
    #expect(try fixture.log.read(from: 4, upTo: 8, maxBytes: 1, minOneBatch: true).baseOffset == 5)
    #expect(fixture.log.logEndOffset == 12 && !fixture.log.isReplacingSegments)
    #expect(fixture.log.epochStarts.map(\.startOffset) == [0, 5, 10])
    #expect(try fixture.append("next", epoch: 2).baseOffset == 12)
  }

  @Test func `The files of replaced segments are deleted after the delay`() throws {
    let fixture = try threeSegments()
    try replace(fixture, by: merged)
    #expect(fixture.files.contains(LogFixture.name(0, ".log.deleted")) && fixture.files.contains(LogFixture.name(4, ".log.deleted")))
    fixture.host.advance(fixture.configuration.fileDeleteDelay)
    #expect(!fixture.files.contains { $0.hasSuffix(".deleted") || $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") })
    #expect(fixture.files.filter { $0.hasSuffix(".log") } == [LogFixture.name(0, ".log"), LogFixture.name(8, ".log")])
  }

  @Test(arguments: [true, false]) func `The next life opens the replaced segments`(isClean: Bool) throws {
    let fixture = try threeSegments()
    try replace(fixture, by: shortened)
    let contents = try fixture.contents()
    if isClean { fixture.log.close() } else { fixture.losePower() }
    try fixture.reopen(isClean: isClean, recoveryPoint: 12)
    #expect(try fixture.contents() == contents)
    #expect(fixture.log.segmentBaseOffsets == [0, 4, 8])
    #expect(fixture.host.warnings.isEmpty)
  }

  /// The disk fails at each of its operations in turn, and the process ends there.
  @Test(arguments: [0, 8], [true, false]) func `After a crash there are either all old segments or all new ones`(recoveryPoint: Int, isMerging: Bool) throws {
    let replacements = isMerging ? merged : shortened
    let whole = try threeSegments()
    let before = try whole.contents()
    try replace(whole, by: replacements)
    let after = try whole.contents()
    var isReplaced = false
    var step = 0
    while true {
      let fixture = try threeSegments()
      var operations = 0
      fixture.disk.failure = { _, _ in
        operations += 1
        return operations == step + 1 ? .inputOutput : nil
      }
      _ = try? replace(fixture, by: replacements)
      let hasFailed = operations > step
      fixture.disk.failure = nil
      fixture.kill()
      try fixture.reopen(recoveryPoint: Offset(Int64(recoveryPoint)))
      let found = try fixture.contents()
      #expect(found == before || found == after, "after operation \(step): \(found)")
      #expect(!isReplaced || found == after, "after operation \(step) the new segments are gone again")
      isReplaced = found == after
      #expect(fixture.host.warnings.isEmpty, "after operation \(step)")
      #expect(fixture.log.logEndOffset == 12)
      #expect(!fixture.files.contains { $0.hasSuffix(".deleted") || $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") })
      guard hasFailed else { break }
      step += 1
    }
    #expect(isReplaced && step > 10)
  }

  @Test func `New segments that are not synced do not survive a power loss`() throws {
    for seed: UInt64 in 1...20 {
      let fixture = try threeSegments()
      let before = try fixture.contents()
      fixture.random = RandomStream(seed: seed, purpose: "power")
      try fixture.log.replaceSegments(in: 0..<8, by: merged) { _ in Issue.record("nothing was synced") }
      fixture.losePower()
      try fixture.reopen(recoveryPoint: 12)
      #expect(try fixture.contents() == before)
      #expect(!fixture.files.contains { $0.hasSuffix(".cleaned") })
    }
  }

  @Test func `A run that retention has shortened meanwhile stays unchanged`() throws {
    let fixture = try threeSegments()
    var outcome: Result<Bool, LogError>?
    try fixture.log.replaceSegments(in: 0..<8, by: merged) { outcome = $0 }
    try fixture.log.advanceLogStartOffset(to: 4, by: .deleteRecords)
    #expect(try fixture.log.enforceRetention(highWatermark: 12) == 1)
    fixture.settle()
    #expect(outcome == .success(false))
    #expect(fixture.log.segmentBaseOffsets == [4, 8])
    #expect(try fixture.contents().first?.hasPrefix("4:v4") == true)
    #expect(!fixture.files.contains { $0.hasSuffix(".cleaned") })
  }

  @Test func `A run that a truncation has shortened stays unchanged`() throws {
    let fixture = try threeSegments()
    var outcome: Result<Bool, LogError>?
    try fixture.log.replaceSegments(in: 0..<8, by: merged) { outcome = $0 }
    try fixture.log.truncate(to: 6)
    // The segment that was cut is a closed one again, and holds something else.
    for index in 6..<10 { try fixture.append("new \(index)", epoch: 3, size: 160) }
    #expect(fixture.log.segmentBaseOffsets == [0, 4, 8])
    let contents = try fixture.contents()
    fixture.settle()
    #expect(outcome == .success(false))
    #expect(try fixture.contents() == contents)
    #expect(!fixture.files.contains { $0.hasSuffix(".cleaned") })
  }

  @Test func `A log that was closed meanwhile is left alone, and the next life cleans up`() throws {
    let fixture = try threeSegments()
    let before = try fixture.contents()
    try fixture.log.replaceSegments(in: 0..<8, by: merged) { _ in Issue.record("the log was closed") }
    fixture.log.close()
    fixture.settle()
    try fixture.reopen(isClean: true)
    #expect(try fixture.contents() == before)
    #expect(!fixture.files.contains { $0.hasSuffix(".cleaned") })
  }

  // MARK: What is refused

  private func refuses(_ range: Range<Offset>, _ replacements: [SegmentReplacement], _ change: (inout LogConfiguration) -> Void = { _ in }) throws -> Bool {
    let fixture = try threeSegments(change)
    let files = fixture.files
    do throws(LogError) {
      try fixture.log.replaceSegments(in: range, by: replacements) { _ in Issue.record("nothing was begun") }
      return false
    } catch {
      guard case .conflict = error else { return false }
      #expect(fixture.files == files && fixture.log.failure == nil)
      return true
    }
  }

  @Test func `Only closed segments of a compacted log are replaced`() throws {
    #expect(try refuses(0..<8, merged) { $0.cleanupPolicy = .delete })
    #expect(try refuses(0..<12, merged), "the last segment is active")
    #expect(try refuses(1..<8, merged), "no segment begins there")
    #expect(try refuses(0..<6, merged), "a segment goes on behind the end")
  }

  @Test func `An invalid segment replaces nothing`() throws {
    #expect(try refuses(0..<8, []))
    #expect(try refuses(0..<8, [SegmentReplacement(baseOffset: 0, records: .empty)]), "it holds nothing")
    #expect(try refuses(0..<8, [SegmentReplacement(baseOffset: 0, records: compacted(5, 8))]), "it reaches into the next segment")
    #expect(try refuses(0..<8, [SegmentReplacement(baseOffset: 4, records: compacted(5, 7))]), "the first one has no replacement")
    #expect(try refuses(0..<8, [SegmentReplacement(baseOffset: 0, records: joined(compacted(5, 7), compacted(0, 3)))]), "offsets go back")
    #expect(try refuses(0..<8, [SegmentReplacement(baseOffset: 0, records: joined(compacted(0, 3, epoch: 1), compacted(5, 7)))]), "epochs go back")
  }
}
