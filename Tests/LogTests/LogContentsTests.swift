import Host
import Primitives
import Testing
import Wire

@testable import Log

/// What a log keeps about its batches is held against the batches. Each is broken on purpose by a change of the state that no batch makes.
@Suite struct LogContentsTests {
  /// With an index entry for nearly every batch.
  private func fixture() throws -> LogFixture { try .ofThreeSegments { $0.indexIntervalBytes = 1 } }

  /// Offset 0 to 2: a transaction of producer 1, aborted; 3 to 5: one of producer 2 that is open, and two batches of producer 3.
  private func producers() throws -> LogFixture {
    let fixture = try LogFixture()
    for sequence: Int32 in 0..<2 { _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 1, sequence: sequence, isTransactional: true), epoch: 0) }
    _ = try fixture.log.append(asLeader: fixture.marker(false, producer: 1), epoch: 0, origin: .coordinator)
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true), epoch: 0)
    for sequence: Int32 in 0..<2 { _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 3, sequence: sequence), epoch: 0) }
    return fixture
  }

  private func broken(_ log: PartitionLog) -> [String] {
    var check = InvariantCheck()
    log.checkContents(&check)
    #expect(check.examined > 0)
    return check.broken
  }

  // MARK: Harmless

  @Test func `A log in normal use is as its batches say, after a truncation, a deletion and in another life, too`() throws {
    let fixture = try fixture()
    #expect(broken(fixture.log) == [])
    try fixture.log.truncate(to: 6)
    #expect(broken(fixture.log) == [])
    try fixture.append("again", epoch: 3)
    try fixture.log.advanceLogStartOffset(to: 2)
    #expect(broken(fixture.log) == [])
    fixture.flush()
    fixture.kill()
    try fixture.reopen()
    fixture.settle()
    #expect(broken(fixture.log) == [])
  }

  @Test func `So is one of producers, after a roll, a truncation of a marker and in another life, too`() throws {
    let fixture = try producers()
    #expect(broken(fixture.log) == [])
    try fixture.log.roll()
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 3, epoch: 1, sequence: 0), epoch: 0)
    _ = try fixture.log.append(asLeader: fixture.marker(true, producer: 2, epoch: 1), epoch: 0, origin: .coordinator)
    #expect(broken(fixture.log) == [])
    fixture.flush()
    fixture.kill()
    try fixture.reopen()
    fixture.settle()
    #expect(broken(fixture.log) == [])
    try fixture.log.truncate(to: 2)
    #expect(broken(fixture.log) == [])
  }

  @Test func `So is a compacted one`() throws {
    let fixture = try LogFixture.compacted()
    for round in 0..<4 {
      for key in 0..<3 { try fixture.writeInTransaction(Int64(round % 2), sequence: Int32(round / 2 * 3 + key), "k\(key)=\(round)") }
      try fixture.end(Int64(round % 2), isCommit: round > 0)
      try fixture.log.roll()
    }
    fixture.flush()
    fixture.compact()
    fixture.settle()
    #expect(try fixture.batches().count < 16)
    #expect(broken(fixture.log) == [])
  }

  @Test func `A batch that cannot be read is left to its readers`() throws {
    let fixture = try fixture()
    fixture.disk.overwrite(fixture.path(LogFixture.name(4, ".log"))) { for place in 8..<12 { $0[place] = 0 } }
    #expect(broken(fixture.log) == [])
  }

  // MARK: Bounds, epochs, indexes

  @Test func `A batch that is missing between two others is told`() throws {
    let fixture = try fixture()
    fixture.log.segments.remove(at: 1)
    #expect(broken(fixture.log).contains("logs/t-0: no batch holds the offsets from 4 to 8"))
    fixture.log.knownGaps = [8]
    #expect(broken(fixture.log) == [])
  }

  @Test func `A log whose end is not that of its last batch is told`() throws {
    let fixture = try fixture()
    fixture.log.logEndOffset = 11
    #expect(broken(fixture.log) == ["logs/t-0: its last batch ends at 10, and the log at 11"])
  }

  @Test func `Epochs that differ from those of the batches are told`() throws {
    let fixture = try fixture()
    fixture.log.epochs.entries = [.init(epoch: 1, startOffset: 0), .init(epoch: 2, startOffset: 6)]
    #expect(broken(fixture.log) == ["logs/t-0: the batch at offset 5 is of epoch 2, and the log takes it for one of epoch 1"])
    fixture.log.epochs.entries = []
    #expect(broken(fixture.log).count == 10)
  }

  @Test func `Records that came back from behind the log start offset may have no epoch, and the first epoch begins where the log did`() throws {
    let fixture = try LogFixture()
    _ = try fixture.log.append(asLeader: fixture.batch(["a"]), epoch: 0)
    _ = try fixture.log.append(asLeader: fixture.batch(["b", "c", "d"]), epoch: 0)
    // As it was opened after a crash, before which it had started at 2.
    fixture.log.epochs.entries = [.init(epoch: 0, startOffset: 2)]
    fixture.log.epochsBegin = 2
    #expect(broken(fixture.log) == [])
    fixture.log.epochs.entries = [.init(epoch: 0, startOffset: 3)]
    #expect(broken(fixture.log) == ["logs/t-0: epoch 0 begins at 3, where no batch begins"])
    fixture.log.epochsBegin = nil
    #expect(broken(fixture.log).count == 3)
  }

  @Test func `An epoch that starts within a batch is told, and one without records at the end of the log is not`() throws {
    let fixture = try LogFixture()
    _ = try fixture.log.append(asLeader: fixture.batch(["a", "b", "c"]), epoch: 0)
    _ = try fixture.log.append(asLeader: fixture.batch(["d"]), epoch: 1)
    _ = fixture.log.epochs.assign(2, startOffset: 4)
    #expect(broken(fixture.log) == [])
    fixture.log.epochs.entries[1].startOffset = 2
    #expect(broken(fixture.log) == ["logs/t-0: epoch 1 begins at 2, where no batch begins"])
  }

  @Test func `A log that was cut and still knows of an epoch behind its end is told`() throws {
    let fixture = try fixture()
    func cut() -> [String] {
      var check = InvariantCheck()
      fixture.log.checkCut(&check)
      return check.broken
    }
    try fixture.log.truncate(to: 5)
    #expect(cut() == [])
    _ = fixture.log.epochs.assign(2, startOffset: 5)
    #expect(cut() == ["logs/t-0: it was truncated and ends at 5, and still knows that epoch 2 begins at 5"])
  }

  @Test func `An offset index that leads to another batch is told`() throws {
    let fixture = try fixture()
    let entry = try #require(fixture.log.segments[0].offsetIndex.entries.last)
    try fixture.log.segments[0].offsetIndex.truncate(toLogSize: Int(entry.position))
    try fixture.log.segments[0].offsetIndex.append(2, position: Int(entry.position))
    #expect(broken(fixture.log).contains { $0.contains("the offset index has offset 2 at byte \(entry.position), and the batch that ends with 3 begins at byte") })
    try fixture.log.segments[0].offsetIndex.truncate(toLogSize: Int(entry.position))
    try fixture.log.segments[0].offsetIndex.append(3, position: Int(entry.position) + 1)
    #expect(broken(fixture.log).contains { $0.hasSuffix("the offset index leads to byte \(entry.position + 1), where no batch begins") })
  }

  @Test func `A time index, or a largest timestamp, that is exceeded before is told`() throws {
    let fixture = try LogFixture { $0.indexIntervalBytes = 1 }
    for (offset, time) in [5_000, 7_000, 6_000].enumerated() { try fixture.append("v\(offset)", timestamp: Int64(time)) }
    #expect(broken(fixture.log) == [])
    fixture.log.active.timeIndex.entries = [.init(timestamp: Timestamp(milliseconds: 6_500), relativeOffset: 1)]
    #expect(broken(fixture.log).count == 1 && broken(fixture.log)[0].contains("by the time index nothing up to offset 1 is later than"), "\(broken(fixture.log))")
  }

  // MARK: Producers

  @Test func `Producers that differ from their batches are told`() throws {
    let fixture = try producers()
    let states = fixture.log.producers
    fixture.log.producers = ProducerStates()
    #expect(broken(fixture.log).contains("logs/t-0: it holds batches of producer 3, of whom nothing is known"))
    fixture.log.producers = states
    _ = try fixture.log.producers.apply(RecordBatch(fixture.producerBatch(producer: 3, sequence: 2)))
    #expect(broken(fixture.log).contains { $0.hasPrefix("logs/t-0: the last batch of producer 3 ends with sequence 1 at offset 5, and sequence 2 at 0 is known") })
    fixture.log.producers = states
    _ = try fixture.log.producers.apply(RecordBatch(fixture.producerBatch(producer: 3, epoch: 4, sequence: 0)))
    #expect(broken(fixture.log).contains("logs/t-0: producer 3 is known in epoch 4, and its last batch is of epoch 0"))
    fixture.log.producers = states
    fixture.log.producersExpiredUntil = Timestamp(milliseconds: .max)
    fixture.log.producers.expire(before: Timestamp(milliseconds: .max))
    #expect(broken(fixture.log) == [], "a producer may be forgotten in time")
  }

  @Test func `A transaction that is open by the batches alone is told`() throws {
    let fixture = try producers()
    _ = try fixture.log.producers.apply(RecordBatch(fixture.marker(true, producer: 2)))
    #expect(broken(fixture.log) == ["logs/t-0: producer 2 is known with no transaction, and by its batches it has one from 3"])
  }

  @Test func `A batch that is remembered and that the log does not hold is told`() throws {
    let fixture = try producers()
    var state = try #require(fixture.log.producers[3])
    state.add(ProducerState.Batch(lastSequence: 9, lastOffset: 1, offsetDelta: 0, timestamp: .none), keeping: 5)
    state.add(try #require(fixture.log.producers[3]?.lastBatch), keeping: 5)
    fixture.log.producers.restore(fixture.log.producers.producers.values.map { $0.producerID == 3 ? state : $0 }, endOffset: 6)
    #expect(broken(fixture.log) == ["logs/t-0: producer 3 is known for a batch of epoch 0 with sequence 9 at offset 1, which the log does not hold"])
  }

  @Test func `A compacted log that lost the last batch of a producer is told`() throws {
    let fixture = try LogFixture.compacted()
    try fixture.write("k=1")
    var state = ProducerState(producerID: 7)
    state.add(ProducerState.Batch(lastSequence: 3, lastOffset: 0, offsetDelta: 0, timestamp: .none), keeping: 5)
    fixture.log.producers.restore([state], endOffset: 1)
    #expect(broken(fixture.log) == ["logs/t-0: the last batch of producer 7 is known at offset 0, and the log does not hold it"])
  }

  @Test func `A compacted log that was cut may lack the batch that is now the last of a producer`() throws {
    let fixture = try producers()
    fixture.log.configuration.cleanupPolicy = .compact
    func isTold() throws -> Bool {
      var state = try #require(fixture.log.producers[3])
      state.add(ProducerState.Batch(lastSequence: 2, lastOffset: 6, offsetDelta: 0, timestamp: .none), keeping: 5)
      fixture.log.producers.restore(fixture.log.producers.producers.values.map { $0.producerID == 3 ? state : $0 }, endOffset: 7)
      return broken(fixture.log).contains { $0.hasSuffix("the last batch of producer 3 ends with sequence 1 at offset 5, and sequence 2 at 6 is known") }
    }
    #expect(try isTold())
    try fixture.log.truncate(to: 5)
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 3, sequence: 1), epoch: 0)
    #expect(try !isTold(), "what was cut off was the last when the log was compacted")
  }

  @Test func `A transaction index that differs from the markers is told`() throws {
    let fixture = try producers()
    let entry = try #require(fixture.log.active.transactionIndex.entries.first)
    try fixture.log.active.transactionIndex.truncate(to: 0)
    #expect(broken(fixture.log).count == 1 && broken(fixture.log)[0].hasSuffix("producer 1 aborted a transaction from 0 to 2, and the transaction index does not say so"))
    try fixture.log.active.transactionIndex.append(entry)
    try fixture.log.active.transactionIndex.append(AbortedTransaction(producerID: 3, firstOffset: 4, lastOffset: 5, lastStableOffset: 6))
    #expect(broken(fixture.log).count == 1 && broken(fixture.log)[0].hasSuffix("the transaction index has a marker at offset 5, and no transaction is aborted there"))
  }
}
