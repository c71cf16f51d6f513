import Host
import Log
import MarkExpectations
import Primitives
import Testing
import Wire

@Suite struct RecoveryTests {
  @Test func `After a clean end the log is used as it is`() throws {
    let fixture = try LogFixture.threeSegments()
    let before = try fixture.contents()
    fixture.log.close()
    try fixture.reopen(isClean: true)
    #expect(try fixture.contents() == before)
    #expect(fixture.host.recoveries.isEmpty)
    #expect(fixture.log.flushedOffset == 12)
    #expect(fixture.log.epochStarts.map(\.startOffset) == [0, 5, 10])
  }

  @Test func `A torn tail is cut off and reported`() throws {
    let fixture = try LogFixture.threeSegments()
    fixture.disk.overwrite(fixture.path(LogFixture.name(8, ".log"))) { $0.removeLast(7) }
    try expectMark(.tornTailCut) { try fixture.reopen() }
    #expect(fixture.log.logEndOffset == 11)
    #expect(fixture.host.recoveries.map(\.end) == [11])
    #expect(fixture.host.recoveries[0].bytesCut > 100)
    #expect(fixture.log.epochStarts.map(\.startOffset) == [0, 5, 10])
  }

  @Test func `Nothing is kept after a batch with a wrong checksum`() throws {
    let fixture = try LogFixture.threeSegments()
    fixture.disk.overwrite(fixture.path(LogFixture.name(4, ".log"))) { $0[$0.count - 1] ^= 1 }
    try expectMark(.segmentDropped) { try fixture.reopen() }
    #expect(fixture.log.logEndOffset == 7)
    #expect(fixture.log.segmentBaseOffsets == [0, 4])
    #expect(fixture.files.filter { $0.hasPrefix(LogFixture.name(8, "")) && !$0.hasSuffix(".snapshot") } == [LogFixture.name(8, ".log.damaged-1")])
    #expect(fixture.log.latestEpoch == 1)
    #expect(try fixture.append("again", epoch: 3).baseOffset == 7)
  }

  @Test func `Nothing below the recovery point is checked`() throws {
    let fixture = try LogFixture.threeSegments()
    fixture.disk.overwrite(fixture.path(LogFixture.name(0, ".log"))) { $0[80] ^= 1 }
    try fixture.reopen(recoveryPoint: 8)
    #expect(fixture.log.logEndOffset == 12)
    try fixture.reopen(recoveryPoint: 3)
    #expect(fixture.log.logEndOffset == 0)
  }

  @Test func `A segment whose name was lost ends the log there`() throws {
    let fixture = try LogFixture.threeSegments()
    for suffix in [".log", ".index", ".timeindex"] { try fixture.disk.remove(fixture.path(LogFixture.name(4, suffix))) }
    try fixture.reopen(recoveryPoint: 0)
    #expect(fixture.log.logEndOffset == 4)
    #expect(fixture.log.segmentBaseOffsets == [0])
  }

  /// A log whose offsets 4 to 7 are missing, and whose timestamps are 1000 and its offsets.
  private func logWithGap() throws -> LogFixture {
    let fixture = try LogFixture {
      $0.segmentBytes = 1000
      $0.retention = nil
    }
    for index in 0..<12 { try fixture.append("v\(index)", epoch: LeaderEpoch(Int32(index / 5)), timestamp: Int64(1_000 + index), size: 160) }
    try fixture.disk.remove(fixture.path(LogFixture.name(4, ".log")))
    try fixture.reopen()
    #expect(fixture.log.segmentBaseOffsets == [0, 8] && fixture.log.logEndOffset == 12)
    return fixture
  }

  @Test(arguments: 4..<9) func `Readers continue after a gap`(offset: Int64) throws {
    let log = try #require(try logWithGap().log)
    let slice = try log.read(from: Offset(offset), upTo: 12, maxBytes: 1, minOneBatch: true)
    #expect(slice.baseOffset == 8 && slice.nextOffset == 9)
    #expect(try log.read(from: Offset(offset), upTo: 8, maxBytes: 1000, minOneBatch: true).isEmpty)
    #expect(log.batchOnDisk(at: Offset(offset)) == (offset < 8 ? nil : slice.records))
  }

  @Test(arguments: 4...8) func `A truncation into a gap ends the log before it`(offset: Int64) throws {
    let fixture = try logWithGap()
    try fixture.log.truncate(to: Offset(offset))
    let end: Offset = offset == 8 ? 8 : 4
    #expect(fixture.log.logEndOffset == end && fixture.log.epochStarts.map(\.startOffset) == [0])
    #expect(try fixture.append("next", epoch: 4).baseOffset == end)
    #expect(try fixture.contents().count == 5)
  }

  @Test func `Timestamps are found after a gap`() throws {
    let log = try #require(try logWithGap().log)
    #expect(try log.offset(forTimestamp: Timestamp(milliseconds: 1_005))?.offset == 8)
    #expect(try log.offset(forTimestamp: Timestamp(milliseconds: 1_003))?.offset == 3)
    #expect(try log.offsetOfMaxTimestamp()?.offset == 11)
    #expect(log.epochStarts.map(\.startOffset) == [0, 8, 10])
  }

  @Test func `A log may start in a gap`() throws {
    let fixture = try logWithGap()
    try fixture.log.advanceLogStartOffset(to: 6)
    #expect(try fixture.contents().map { String($0.prefix(4)) } == ["8:v8", "9:v9", "10:v", "11:v"])
    #expect(try fixture.log.offset(forTimestamp: Timestamp(milliseconds: 0))?.offset == 8)
    try fixture.reopen(logStartOffset: 6)
    #expect(fixture.log.logStartOffset == 6 && fixture.log.logEndOffset == 12)
    #expect(fixture.host.warnings.isEmpty)
    try fixture.log.advanceLogStartOffset(to: 8)
    #expect(try fixture.log.enforceRetention(highWatermark: 12) == 1 && fixture.log.segmentBaseOffsets == [8])
  }

  /// Nothing in the follower's files tells the gap from segments that were lost.
  @Test func `A follower copies a gap, and copies the records after it again after an unclean end`() throws {
    let leader = try logWithGap(), follower = try LogFixture { $0.segmentBytes = 1000 }
    func follow() throws {
      while follower.log.logEndOffset < 12 {
        let slice = try leader.log.read(from: follower.log.logEndOffset, upTo: 12, maxBytes: 1, minOneBatch: true)
        _ = try follower.log.append(asFollower: slice.records, leaderEpoch: 9)
      }
      #expect(try follower.contents() == leader.contents())
    }
    try follow()
    try follower.reopen()
    #expect(follower.log.logEndOffset == 4)
    try follow()
  }

  @Test func `A gap in a compacted topic is not an error`() throws {
    let fixture = try LogFixture { $0.cleanupPolicy = .compact }
    _ = try fixture.log.append(asFollower: fixture.batch(["a"], baseOffset: 0, epoch: 0), leaderEpoch: 0)
    _ = try fixture.log.append(asFollower: fixture.batch(["b"], baseOffset: 7, epoch: 0), leaderEpoch: 0)
    try fixture.log.roll()
    _ = try fixture.log.append(asFollower: fixture.batch(["c"], baseOffset: 20, epoch: 0), leaderEpoch: 0)
    try fixture.reopen()
    #expect(try fixture.contents() == ["0:a", "7:b", "20:c"])
    #expect(fixture.log.logEndOffset == 21)
  }

  /// Epochs 0 from 0, 1 from 3, 2 from 5 and 3 from 8. Of a compacted topic all that is left of epoch 1 is offset 4, of epoch 2 nothing, of epoch 3 offset 9.
  private func logOfFourEpochs() throws -> LogFixture {
    let fixture = try LogFixture { $0.cleanupPolicy = .compact }
    func follow(_ offset: Offset, epoch: LeaderEpoch) throws {
      _ = try fixture.log.append(asFollower: fixture.batch(["v\(offset)"], baseOffset: offset, epoch: epoch), leaderEpoch: epoch)
    }
    try follow(0, epoch: 0)
    try follow(2, epoch: 0)
    fixture.log.assignEpochStart(epoch: 1, startOffset: 3)
    try fixture.log.roll()
    try follow(4, epoch: 1)
    fixture.log.assignEpochStart(epoch: 2, startOffset: 5)
    try fixture.log.roll()
    fixture.log.assignEpochStart(epoch: 3, startOffset: 8)
    try follow(9, epoch: 3)
    fixture.flush()
    #expect(fixture.log.segmentBaseOffsets == [0, 3, 5] && fixture.starts == ["0@0", "1@3", "2@5", "3@8"])
    return fixture
  }

  @Test(arguments: [0, 3, 5, 10] as [Offset]) func `Epoch starts are known after an unclean end, even if compaction took their first records`(recoveryPoint: Offset) throws {
    let fixture = try logOfFourEpochs()
    try fixture.reopen(recoveryPoint: recoveryPoint)
    #expect(try fixture.contents().count == 4)
    #expect(fixture.starts == ["0@0", "1@3", "2@5", "3@8"])
    // A follower that has records of epoch 0 at offset 3 is told to cut them off.
    #expect(fixture.log.endOffset(of: 0).map(\.endOffset) == 3)
  }

  @Test func `Epochs after the end found by a recovery are forgotten, and the others stay`() throws {
    let fixture = try logOfFourEpochs()
    fixture.disk.overwrite(fixture.path(LogFixture.name(5, ".log"))) { $0[$0.count - 1] ^= 1 }
    try fixture.reopen()
    #expect(fixture.log.logEndOffset == 5)
    #expect(fixture.starts == ["0@0", "1@3"])
  }

  /// The checkpoint is older or newer than the records: they are believed.
  @Test(arguments: [
    (checkpoint: "0 0", starts: ["0@0", "1@4", "3@9"]), (checkpoint: "0 0\n1 3", starts: ["0@0", "1@3", "3@9"]),
    (checkpoint: "0 0\n1 4\n3 10", starts: ["0@0", "1@4", "3@9"]), (checkpoint: "0 0\n2 3\n3 8", starts: ["0@0", "1@4", "3@8"]),
    (checkpoint: "0 1\n1 2\n3 8", starts: ["0@0", "1@4", "3@8"]), (checkpoint: "0 0\n1 3\n9 9", starts: ["0@0", "1@3", "3@9"]),
  ]) func `Epochs in the checkpoint that contradict the records are dropped`(checkpoint: String, starts: [String]) throws {
    let fixture = try logOfFourEpochs()
    let lines = checkpoint.split(separator: "\n").count
    fixture.disk.overwrite(fixture.path("leader-epoch-checkpoint")) { $0 = Array("0\n\(lines)\n\(checkpoint)\n".utf8) }
    try fixture.reopen()
    #expect(try fixture.contents().count == 4)
    #expect(fixture.starts == starts)
  }

  @Test(arguments: [".index", ".timeindex"])
  func `A missing or garbled index is rebuilt`(suffix: String) throws {
    let fixture = try LogFixture.threeSegments()
    let name = fixture.path(LogFixture.name(4, suffix))
    let sound = fixture.disk.content(name)
    #expect(!sound.isEmpty)
    fixture.disk.overwrite(name) { $0 = Array(repeating: 0xff, count: 24) }
    try fixture.reopen(isClean: true)
    #expect(fixture.disk.content(name) == sound)
    try fixture.disk.remove(name)
    try fixture.reopen(isClean: true)
    #expect(fixture.disk.content(name) == sound)
    #expect(try fixture.records().count == 12)
  }

  @Test(arguments: ["2", "9223372036854775807"]) func `Epochs in a file that announces more than it contains are taken from the records`(count: String) throws {
    let fixture = try LogFixture.threeSegments()
    let path = fixture.path("leader-epoch-checkpoint")
    #expect(String(decoding: fixture.disk.content(path), as: UTF8.self) == "0\n3\n0 0\n1 5\n2 10\n")
    fixture.disk.overwrite(path) { $0 = Array("0\n\(count)\n0 0\n".utf8) }
    try fixture.reopen(isClean: true)
    #expect(fixture.log.epochStarts.map(\.startOffset) == [0, 5, 10])
    #expect(fixture.host.notes.count == 1 && fixture.host.notes[0].contains("line 2: \(count) entries are announced, 1 are there"))
    fixture.settle()
    #expect(String(decoding: fixture.disk.content(path), as: UTF8.self) == "0\n3\n0 0\n1 5\n2 10\n")
  }

  @Test func `Leftovers of an earlier life are removed`() throws {
    let fixture = try LogFixture.threeSegments()
    for name in [LogFixture.name(0, ".log.deleted"), LogFixture.name(0, ".log.cleaned"), "leader-epoch-checkpoint.tmp", LogFixture.name(9, ".index")] {
      fixture.disk.overwrite(fixture.path(name)) { $0 = [1, 2, 3] }
    }
    let swap = fixture.batch(["merged"], baseOffset: 0, epoch: 0)
    fixture.disk.overwrite(fixture.path(LogFixture.name(0, ".log.swap"))) { $0 = swap.array }
    try fixture.reopen(isClean: true)
    #expect(!fixture.files.contains { $0.hasSuffix(".deleted") || $0.hasSuffix(".cleaned") || $0.hasSuffix(".swap") || $0.hasSuffix(".tmp") })
    #expect(!fixture.files.contains(LogFixture.name(9, ".index")))
    // A `.cleaned` log at the same offset says that the compaction had not come to its end.
    #expect(try fixture.contents().first == "0:v0" + String(repeating: ".", count: 160))
  }

  @Test func `A finished compaction is swapped in`() throws {
    let fixture = try LogFixture.threeSegments { $0.cleanupPolicy = .compact }
    var builder = RecordBatchBuilder(baseOffset: 0, leaderEpoch: 0)
    builder.append(offsetDelta: 6, timestamp: Timestamp(milliseconds: 1), key: Bytes("k"), value: Bytes("merged"))
    let swap = builder.build()
    fixture.disk.overwrite(fixture.path(LogFixture.name(0, ".log.swap"))) { $0 = swap.array }
    try fixture.reopen(isClean: true)
    #expect(fixture.log.segmentBaseOffsets == [0, 8])
    #expect(try fixture.contents().first == "6:merged")
  }

  @Test func `A log that lost everything begins where it should start`() throws {
    let fixture = try LogFixture.threeSegments()
    try fixture.reopen(logStartOffset: 40, highWatermark: 41)
    #expect(fixture.log.logStartOffset == 40 && fixture.log.logEndOffset == 40)
    #expect(fixture.files.filter { $0.hasSuffix(".log.damaged-1") }.count == 3)
    #expect(try fixture.append("next").baseOffset == 40)
  }

  @Test func `After a disk failure nothing is appended`() throws {
    let fixture = try LogFixture.threeSegments()
    fixture.disk.failure = { operation, _ in operation == "append" ? .inputOutput : nil }
    let first = #expect(throws: AppendError.self) { try fixture.append("lost") }
    fixture.disk.failure = nil
    let failure = try #require(fixture.log.failure)
    #expect(first == .log(.disk(failure)))
    #expect(failure.error == .inputOutput && failure.path.hasPrefix(LogFixture.directory))
    #expect(throws: AppendError.log(.offline(failure))) { try fixture.append("refused") }
    #expect(throws: LogError.offline(failure)) { try fixture.log.truncate(to: 3) }
    #expect(fixture.log.logEndOffset == 12)
  }

  @Test func `A sync that fails takes the log offline`() throws {
    let fixture = try LogFixture.threeSegments()
    try fixture.append("unsynced")
    fixture.disk.failure = { operation, _ in operation == "sync" ? .inputOutput : nil }
    var answer: LogError?
    fixture.log.flush { answer = $0 }
    fixture.settle()
    #expect(answer == fixture.log.failure.map { .offline($0) } && answer != nil)
    #expect(fixture.log.flushedOffset == 12)
  }

  @Test func `With flush.messages a record counts only once it is synced`() throws {
    let fixture = try LogFixture { $0.flushMessages = 1 }
    var durable: [Offset] = []
    fixture.log.onDurable = { [unowned fixture] in durable.append(fixture.log.durableEndOffset) }
    try fixture.append("a")
    try fixture.append("b")
    #expect(fixture.log.logEndOffset == 2 && fixture.log.durableEndOffset == 0)
    fixture.settle()
    #expect(fixture.log.durableEndOffset == 2 && durable == [1, 2])
    fixture.losePower()
    try fixture.reopen()
    #expect(try fixture.contents() == ["0:a", "1:b"])
  }
}

extension LogFixture {
  /// Every epoch with where it begins.
  fileprivate var starts: [String] { log.epochStarts.map { "\($0.epoch)@\($0.startOffset)" } }
}
