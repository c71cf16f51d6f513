import Host
import Primitives
import Testing
import Wire

@testable import Log

/// What must hold of a log between two events. Each is broken on purpose by a change of the state that no call would make.
@Suite struct LogInvariantTests {
  private func fixture() throws -> LogFixture { try .ofThreeSegments() }

  private func broken(_ log: PartitionLog, turn: UInt64? = nil) -> [String] {
    var check = turn.map { InvariantCheck(turn: $0) } ?? InvariantCheck()
    log.checkInvariants(&check)
    #expect(check.examined > 0)
    return check.broken
  }

  @Test func `A log in normal use keeps the invariants, before and after a truncation and another life`() throws {
    let fixture = try fixture()
    #expect(broken(fixture.log) == [])
    try fixture.log.truncate(to: 6)
    #expect(broken(fixture.log) == [])
    try fixture.append("again", epoch: 3)
    #expect(broken(fixture.log) == [])
    fixture.flush()
    fixture.kill()
    try fixture.reopen()
    fixture.settle()
    #expect(broken(fixture.log) == [])
  }

  @Test func `A log whose end differs from that of its active segment is reported`() throws {
    let fixture = try fixture()
    fixture.log.logEndOffset = 11
    #expect(broken(fixture.log) == ["logs/t-0: the log ends at 11, and its active segment at 10"])
  }

  @Test func `A log start offset outside of the log is reported`() throws {
    let fixture = try fixture()
    fixture.log.logStartOffset = 12
    #expect(broken(fixture.log).contains("logs/t-0: the log starts at 12, behind its end 10"))
    fixture.log.logStartOffset = -1
    #expect(broken(fixture.log) == ["logs/t-0: the log starts at -1, before its first segment, which begins at 0"])
  }

  @Test func `A gap between segments is reported, unless the log knows of it`() throws {
    let fixture = try fixture()
    fixture.log.segments.remove(at: 1)
    #expect(broken(fixture.log) == ["logs/t-0: nobody knows why no segment holds offsets 4 to 8"])
    fixture.log.knownGaps = [8]
    #expect(broken(fixture.log) == [])
  }

  @Test func `Segments that are out of order are reported`() throws {
    let fixture = try fixture()
    fixture.log.segments.swapAt(0, 1)
    #expect(broken(fixture.log).contains("logs/t-0: the segment at 4 reaches 8, and the next one begins at 0"))
  }

  @Test func `A segment that ends before it begins is reported`() throws {
    let fixture = try fixture()
    let batch = try #require(BatchHeader(fixture.batch(["early"], baseOffset: 2, epoch: 2), at: 0))
    try fixture.log.active.add(batch, indexIntervalBytes: 4_096)
    fixture.log.logEndOffset = 3
    #expect(broken(fixture.log).contains("\(fixture.path(LogFixture.name(8, ".log"))): the segment ends at 3, before its base offset 8"))
  }

  @Test func `An index that leads past the end of its segment is reported`() throws {
    let fixture = try fixture()
    try fixture.log.active.offsetIndex.append(9, position: 100_000)
    #expect(broken(fixture.log).count == 1)
    #expect(broken(fixture.log).first?.hasSuffix("the offset index leads to byte 100000 of \(fixture.log.active.size)") == true)
  }

  @Test func `Epochs that begin outside of the log are reported`() throws {
    let fixture = try fixture()
    _ = fixture.log.epochs.assign(7, startOffset: 20)
    #expect(broken(fixture.log) == ["logs/t-0: epoch 7 begins at 20, behind the log end offset 10"])
    _ = fixture.log.epochs.truncateFromEnd(20)
    #expect(broken(fixture.log) == [])
    fixture.log.logStartOffset = 3
    #expect(broken(fixture.log) == ["logs/t-0: epoch 1 begins at 0, before the log start offset 3"])
  }

  @Test func `Synced or awaited offsets beyond the end are reported`() throws {
    let fixture = try fixture()
    fixture.log.flushing.flushedOffset = 11
    #expect(broken(fixture.log) == ["logs/t-0: 11 offsets are synced, and the log ends at 10"])
    fixture.log.flushing.flushedOffset = 10
    fixture.log.flushing.waiters.append(FlushState.Waiter(round: 9, end: 0, truncations: 0) { _ in })
    #expect(broken(fixture.log) == ["logs/t-0: 1 wait for a sync, and none is under way"])
  }

  @Test func `A segment that has to be synced and is not part of the log is reported`() throws {
    let fixture = try fixture()
    let stray = fixture.log.segments[0]
    fixture.log.segments.removeFirst()
    fixture.log.logStartOffset = 4
    _ = fixture.log.epochs.truncateFromStart(4)
    #expect(broken(fixture.log) == [])
    fixture.log.flushing.unsyncedSegments.append(stray)
    #expect(broken(fixture.log) == ["logs/t-0: the segment at 0 is to be synced, and is no part of the log"])
  }

  @Test func `Producer state and snapshots beyond the end are reported`() throws {
    let fixture = try fixture()
    fixture.log.producers.endOffset = 11
    fixture.log.snapshots.append(15)
    #expect(
      broken(fixture.log) == [
        "logs/t-0: the state of producers goes to 11, and the log ends at 10", "logs/t-0: there is a producer snapshot at 15, and the log ends at 10",
      ])
  }

  @Test func `An open transaction that its producer does not know is reported`() throws {
    let fixture = try LogFixture()
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 7, sequence: 0, isTransactional: true), epoch: 0)
    fixture.flush()
    #expect(broken(fixture.log) == [])
    var state = ProducerState(producerID: 7)
    state.transactionStart = 5
    fixture.log.producers.restore([state], endOffset: 1)
    #expect(broken(fixture.log) == [])
    fixture.log.producers.restore([state, state], endOffset: 1)
    #expect(broken(fixture.log) == ["logs/t-0: 1 producers have a transaction open, and 2 are known"])
  }

  @Test func `Partial checks cover every segment in turn`() throws {
    let fixture = try fixture()
    try fixture.log.segments[1].timeIndex.append(Timestamp(milliseconds: .max), 30)
    let told = (0..<3).map { broken(fixture.log, turn: $0).count }
    #expect(told == [0, 1, 0])
  }

  @Test func `Truncating at a batch with a garbled offset leaves a log that continues after the base of its segment`() throws {
    let fixture = try LogFixture()
    for offset in 0..<4 { try fixture.append("v\(offset)") }
    try fixture.log.roll()
    _ = try fixture.log.append(asLeader: fixture.batch(["a", "b", "c"]), epoch: 0)
    fixture.flush()
    // The batch of offsets 4 to 6 claims to begin at 3.
    fixture.disk.overwrite(fixture.path(LogFixture.name(4, ".log"))) { $0[7] = 3 }
    try fixture.log.truncate(to: 5)
    #expect(fixture.log.logEndOffset == 4)
    #expect(broken(fixture.log) == [])
    try fixture.append("next")
    #expect(try fixture.contents().last == "4:next")
  }

  @Test func `A log without segments is reported`() throws {
    let fixture = try fixture()
    fixture.log.segments = []
    #expect(broken(fixture.log) == ["logs/t-0: the log has no segment"])
  }

  // MARK: Segments

  private var activePath: String { "\(LogFixture.directory)/\(LogFixture.name(8, ".log"))" }

  /// The header of a batch of one record, of which a segment is told although its file does not hold it.
  private func header(_ fixture: LogFixture, at offset: Offset, timestamp: Int64 = 1_000_000) throws -> BatchHeader {
    try #require(BatchHeader(fixture.batch(["x"], timestamp: timestamp, baseOffset: offset, epoch: 2)))
  }

  @Test func `A segment that is synced beyond its end is reported, and so is a batch after its end`() throws {
    let fixture = try fixture()
    let size = fixture.log.active.size
    var batch = try header(fixture, at: 10)
    batch.batchLength = -62
    try fixture.log.active.add(batch, indexIntervalBytes: 4_096)
    fixture.log.logEndOffset = 11
    let told = broken(fixture.log)
    #expect(told.contains("\(activePath): \(size) bytes are synced of \(size - 50)"))
    #expect(told.contains("\(activePath): a batch at byte \(size) ends at 11, behind the end 11"))
  }

  @Test func `A largest timestamp after the end of its segment is reported, and so are batches that do not ascend`() throws {
    let fixture = try fixture()
    let segment = fixture.log.active
    let later = try header(fixture, at: 20, timestamp: 1 << 50)
    try segment.add(later, indexIntervalBytes: 4_096)
    fixture.log.logEndOffset = 21
    #expect(broken(fixture.log) == [], "offsets may jump")
    let position = segment.size
    try segment.add(try header(fixture, at: 10), indexIntervalBytes: 4_096)
    fixture.log.logEndOffset = 11
    let told = broken(fixture.log)
    #expect(told.contains("\(activePath): the largest timestamp is that of offset 20, behind the end 11"))
    #expect(told.contains("\(activePath): a batch of offset 10 at byte \(position) follows one that ends at 21"))
  }

  @Test func `A batch that begins before the base offset of its segment is reported`() throws {
    let fixture = try fixture()
    try fixture.log.roll()
    #expect(broken(fixture.log) == [])
    try fixture.log.active.add(try header(fixture, at: 2), indexIntervalBytes: 4_096)
    #expect(broken(fixture.log).contains("\(LogFixture.directory)/\(LogFixture.name(10, ".log")): a batch begins at 2, before the base offset 10"))
  }

  @Test func `An offset index whose positions do not ascend is reported`() throws {
    let fixture = try fixture()
    try fixture.log.active.offsetIndex.append(8, position: 30)
    try fixture.log.active.offsetIndex.append(9, position: 40)
    #expect(broken(fixture.log) == [])
    try fixture.log.active.offsetIndex.append(9, position: 40)
    #expect(broken(fixture.log) == ["\(activePath): the offset index leads to byte 40 after 40"])
  }

  @Test func `A time index that does not ascend, or goes beyond its segment, is reported`() throws {
    let fixture = try fixture()
    let early = Timestamp(milliseconds: 4), late = Timestamp(milliseconds: 5)
    fixture.log.active.timeIndex.entries = [.init(timestamp: early, relativeOffset: 0), .init(timestamp: late, relativeOffset: 1)]
    #expect(broken(fixture.log) == [])
    fixture.log.active.timeIndex.entries.swapAt(0, 1)
    #expect(broken(fixture.log) == ["\(activePath): the time index has \(early) after \(late)"])
    fixture.log.active.timeIndex.entries = [.init(timestamp: late, relativeOffset: 2)]
    #expect(broken(fixture.log) == ["\(activePath): the time index names offset 10, and the segment ends at 10"])
  }

  @Test func `A transaction index that goes beyond its segment is reported`() throws {
    let fixture = try fixture()
    func aborted(at marker: Offset) -> AbortedTransaction {
      AbortedTransaction(producerID: 7, firstOffset: 8, lastOffset: marker, lastStableOffset: marker + 1)
    }
    try fixture.log.active.transactionIndex.append(aborted(at: 9))
    #expect(broken(fixture.log) == [])
    try fixture.log.active.transactionIndex.append(aborted(at: 10))
    #expect(broken(fixture.log) == ["\(activePath): the transaction index names offset 10, and the segment ends at 10"])
  }

  // MARK: What is known beside the segments

  @Test func `Epochs that do not ascend, and one below 0, are reported`() throws {
    let fixture = try fixture()
    fixture.log.epochs.entries = [.init(epoch: 1, startOffset: 0), .init(epoch: 2, startOffset: 5)]
    #expect(broken(fixture.log) == [])
    fixture.log.epochs.entries = [.init(epoch: 2, startOffset: 0), .init(epoch: 1, startOffset: 5)]
    #expect(broken(fixture.log) == ["logs/t-0: epoch 1 from 5 does not follow 2 from 0"])
    fixture.log.epochs.entries = [.init(epoch: 1, startOffset: 5), .init(epoch: 2, startOffset: 5)]
    #expect(broken(fixture.log) == ["logs/t-0: epoch 2 from 5 does not follow 1 from 5"])
    fixture.log.epochs.entries = [.init(epoch: -1, startOffset: 0)]
    #expect(broken(fixture.log) == ["logs/t-0: there is an epoch -1"])
  }

  @Test func `Open transactions out of order, or inconsistent with their producer, are reported`() throws {
    let fixture = try fixture()
    var states = [ProducerState(producerID: 7), ProducerState(producerID: 8)]
    states[0].transactionStart = 3
    states[1].transactionStart = 5
    fixture.log.producers.restore(states, endOffset: 10)
    #expect(broken(fixture.log) == [])
    fixture.log.producers.ongoing.swapAt(0, 1)
    #expect(broken(fixture.log) == ["logs/t-0: the open transaction from 3 stands behind that from 5"])
    fixture.log.producers.ongoing.swapAt(0, 1)
    fixture.log.producers.ongoing[0].firstOffset = 4
    #expect(broken(fixture.log) == ["logs/t-0: a transaction of producer 7 is open from 4; the producer knows of 3"])
  }

  @Test func `Ended transactions out of order, or not ending below the log end, are reported`() throws {
    let fixture = try fixture()
    func told(_ ends: [(first: Offset, last: Offset?)]) -> [String] {
      fixture.log.producers.unreplicated = ends.map { ProducerStates.Transaction(producerID: 7, firstOffset: $0.first, lastOffset: $0.last) }
      return broken(fixture.log)
    }
    fixture.log.producers.restore([], endOffset: 10)
    #expect(told([(3, 4), (5, 9)]) == [])
    #expect(told([(5, 9), (3, 4)]) == ["logs/t-0: the transaction from 3 stands behind that from 5"])
    #expect(told([(5, 10)]) == ["logs/t-0: a transaction from 5 ended at 10, of 10"])
    #expect(told([(5, 4)]) == ["logs/t-0: a transaction from 5 ended at 4, of 10"])
    #expect(told([(5, nil)]) == ["logs/t-0: a transaction from 5 ended at no offset, of 10"])
  }

  @Test func `Producer snapshots that do not ascend are reported`() throws {
    let fixture = try fixture()
    fixture.log.snapshots = [4, 8]
    #expect(broken(fixture.log) == [])
    fixture.log.snapshots = [8, 4]
    #expect(broken(fixture.log) == ["logs/t-0: the producer snapshot at 4 comes behind that at 8"])
  }

  @Test func `Syncs that go beyond the log or wait for nothing, and records that wait for no sync, are reported`() throws {
    let fixture = try fixture()
    func told(_ round: FlushState.Round?, held: Offset?) -> [String] {
      fixture.log.flushing.round = round
      fixture.log.flushing.heldOffset = held
      return broken(fixture.log)
    }
    #expect(told(FlushState.Round(target: 10, outstanding: 1), held: 9) == [])
    #expect(told(FlushState.Round(target: 11, outstanding: 1), held: nil) == ["logs/t-0: a sync goes to 11, and the log ends at 10"])
    #expect(told(FlushState.Round(target: 10, outstanding: 0), held: nil) == ["logs/t-0: a round of syncs waits for none"])
    #expect(told(nil, held: 9) == ["logs/t-0: records from 9 on wait for a sync, and none is under way"])
    #expect(
      told(FlushState.Round(target: 10, outstanding: 1), held: 12) == ["logs/t-0: records from 12 on wait for a sync, and the log ends at 10"])
  }
}
