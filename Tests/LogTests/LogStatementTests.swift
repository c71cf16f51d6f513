import Host
import Primitives
import Testing
import Wire

@testable import Log

/// What a log states in the middle of an event. Each statement is broken on purpose by a change of the state that no call would make.
@Suite struct LogStatementTests {
  private func told(_ body: () throws -> Void) rethrows -> [String] {
    BrokenInvariants.forget()
    try body()
    return BrokenInvariants.take()
  }

  // MARK: Truncation and recovery

  @Test func `A log in normal use states nothing that does not hold, through truncations, rolls, retention and other lives`() throws {
    let words = try told {
      let fixture = try LogFixture.ofThreeSegments { $0.retentionBytes = 200 }
      try fixture.log.truncate(to: 6)
      try fixture.append("again", epoch: 3)
      try fixture.log.roll()
      fixture.flush()
      _ = try fixture.log.enforceRetention(highWatermark: 7)
      fixture.kill()
      try fixture.reopen()
      fixture.settle()
      try fixture.log.truncateFully(startingAt: 20)
      try fixture.append("anew", epoch: 4)
      fixture.flush()
      try fixture.reopen(isClean: true)
    }
    #expect(words == [])
  }

  @Test func `What reaches beyond the end of a log that was cut is told`() throws {
    let fixture = try LogFixture.ofThreeSegments(), log = fixture.log!
    try log.truncate(to: 6)
    #expect(told { log.requireCut() } == [])
    log.producers.endOffset = 10
    #expect(told { log.requireCut() } == ["logs/t-0: it was cut and ends at 6; what is known of producers goes to 10, their last snapshot to 4"])
    log.producers.endOffset = 6
    log.flushing.flushedOffset = 10
    #expect(told { log.requireCut() }.first?.hasPrefix("logs/t-0: it was cut and ends at 6, and 10 offsets count as synced") == true)
    log.flushing.flushedOffset = 6
    _ = log.epochs.assign(7, startOffset: 6)
    #expect(told { log.requireCut() } == ["logs/t-0: it was cut and ends at 6, and still knows that an epoch begins at 6"])
    _ = log.epochs.truncateFromEnd(6)
    try fixture.disk.append(fixture.batch(["rest"], baseOffset: 6, epoch: 2), to: log.active.file)
    #expect(told { log.requireCut() }.count == 1)
  }

  @Test func `A clean end waits until the file holds the epochs that are known`() throws {
    let fixture = try LogFixture(), log = fixture.log!
    try fixture.append("a", epoch: 1)
    // While the file is being written.
    try fixture.append("b", epoch: 2)
    var ends = 0
    log.flushForCleanEnd { error in
      ends += 1
      #expect(error == nil && !log.epochCheckpoint.isWriting && log.epochCheckpoint.unwrittenStart == nil)
    }
    fixture.settle()
    #expect(ends == 1)
    try fixture.reopen(isClean: true)
    #expect(fixture.log.epochs.latest?.epoch == 2)
  }

  @Test func `What counts as synced after a crash, and was not, is told`() throws {
    let fixture = try LogFixture.ofThreeSegments(), log = fixture.log!
    #expect(told { log.requireLoaded(recoveryPoint: 10) } == [] && told { log.requireLoaded(recoveryPoint: nil) } == [])
    #expect(told { log.requireLoaded(recoveryPoint: 4) } == ["logs/t-0: 10 offsets of 10 count as synced after a start, and 4 were"])
    log.logStartOffset = 11
    #expect(told { log.requireLoaded(recoveryPoint: 10) }.first == "logs/t-0: it was loaded from 11 to 10, and its segments go from 0 to 10")
  }

  @Test func `A sync that ends too early is told to those that it serves, unless the log was cut meanwhile`() throws {
    let fixture = try LogFixture()
    try fixture.append("a", "b")
    fixture.log.flush { _ in }
    fixture.log.flushing.round?.target = 1
    #expect(told { fixture.settle() } == ["logs/t-0: who waits for a sync up to 2 is told that it is done, and 1 offsets are synced"])
    try fixture.append("c")
    fixture.log.flush { _ in }
    try fixture.log.truncate(to: 2)
    #expect(told { fixture.settle() } == [])
  }

  // MARK: Epochs

  @Test func `Epochs out of order are told, and so is an answer that comes of them`() throws {
    let log = try LogFixture.ofThreeSegments().log!
    #expect(told { log.requireEpochs() } == [] && told { _ = log.endOffset(of: 1) } == [])
    log.epochs.entries = [.init(epoch: 1, startOffset: 0), .init(epoch: 4, startOffset: 8), .init(epoch: 2, startOffset: 5)]
    #expect(told { log.requireEpochs() } == ["logs/t-0: it goes from 0 to 10, and its epochs begin at [0, 8, 5]: [1, 4, 2]"])
    #expect(told { _ = log.endOffset(of: 1) } == ["logs/t-0: of epoch 1 it says that epoch 1 ends at 8; its last epoch 2 begins at 5"])
  }

  @Test func `A log shares its history with one that ends within an epoch of both, or before all that is known`() throws {
    let fixture = try LogFixture.ofThreeSegments(), log = fixture.log!
    // Epoch 1 from 0 on, epoch 2 from 5 on.
    #expect(log.sharesHistory(with: 2, endingAt: 10) && log.sharesHistory(with: 1, endingAt: 5) && log.sharesHistory(with: 0, endingAt: 0))
    #expect(!log.sharesHistory(with: 2, endingAt: 11) && !log.sharesHistory(with: 1, endingAt: 6) && !log.sharesHistory(with: 0, endingAt: 1))
    #expect(!log.sharesHistory(with: 3, endingAt: 10))
    try log.truncateFully(startingAt: 3)
    #expect(!log.sharesHistory(with: 0, endingAt: 3), "it knows no epoch")
  }

  // MARK: Segments

  @Test func `A new segment without a snapshot of producers is told, and so is a closed one that nobody syncs`() throws {
    let fixture = try LogFixture.ofThreeSegments(), log = fixture.log!
    let former = log.active
    try log.roll()
    log.flushing.unsyncedSegments = [former]
    #expect(told { log.requireRolled(from: former) } == [])
    log.flushing.unsyncedSegments = []
    #expect(told { log.requireRolled(from: former) } == ["logs/t-0: the segment from 8 to 10 was closed before 10, and is not to be synced"])
    log.snapshots.removeLast()
    #expect(told { log.requireRolled(from: nil) } == ["logs/t-0: a segment begins at 10, and the last snapshot of producers is that at 8"])
  }

  @Test func `What retention takes above the high watermark is told, and what it leaves beyond its limit`() throws {
    let fixture = try LogFixture.ofThreeSegments { $0.retentionBytes = 100 }, log = fixture.log!
    #expect(told { log.requireRetained(3, from: 0) } == [], "the first segment is not committed")
    let size = log.sizeInBytes
    #expect(
      told { log.requireRetained(10, from: 0) } == [
        "logs/t-0: retention left \(size) bytes, and without the first segment, \(log.segments[0].size) bytes, it still has the 100 that are to be kept"
      ])
    log.configuration.retentionBytes = nil
    log.logStartOffset = 6
    #expect(
      told { log.requireRetained(5, from: 0) } == [
        "logs/t-0: retention moved the start from 0 to 6, with the high watermark 5 and a first segment from 0 on",
        "logs/t-0: it starts at 6, and retention left the segment from 0 to 4",
      ])
  }

  @Test func `A compaction that goes on over a segment that is gone is told`() throws {
    let fixture = try LogFixture.compacted()
    for _ in 0..<2 {
      try fixture.write("a=1")
      try fixture.log.roll()
    }
    let pass = fixture.pass()
    #expect(told { _ = pass.step(sliceBytes: 1 << 20) } == [])
    fixture.log.segments.remove(at: 1)
    #expect(told { _ = pass.step(sliceBytes: 1 << 20) } == ["log cleaner, t-0: it reads the segment at 1, which is no closed part of the log any more"])
  }

  // MARK: Producers

  @Test func `A batch that does not continue its producer is told where it is accepted`() throws {
    let fixture = try LogFixture()
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 1, epoch: 2, sequence: 0, isTransactional: true), epoch: 0)
    let states = fixture.log.producers
    func words(epoch: Int16 = 2, sequence: Int32, isTransactional: Bool = true, _ change: (inout ProducerStates.Circumstances) -> Void = { _ in }) throws -> [String] {
      var circumstances = ProducerStates.Circumstances()
      change(&circumstances)
      let batch = try RecordBatch(fixture.producerBatch(producer: 1, epoch: epoch, sequence: sequence, isTransactional: isTransactional))
      return told { states.requireFits(batch, states[1], circumstances) }
    }
    #expect(try words(sequence: 1) == [] && words(epoch: 3, sequence: 0) == [])
    #expect(try words(sequence: 2) == ["producer 1: a batch from sequence 2 on is accepted behind sequence 0"])
    #expect(try words(sequence: 2) { $0.origin = .coordinator } == [])
    #expect(try words(epoch: 1, sequence: 0) == ["producer 1: a batch of epoch 1 is accepted, and it is in epoch 2"])
    #expect(try words(sequence: 1, isTransactional: false) == ["producer 1: a batch outside of its transaction is accepted while that is open"])
    let other = try RecordBatch(fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true))
    let unverified = ProducerStates.Circumstances(verification: .required(VerificationGuard(9)))
    #expect(told { states.requireFits(other, states[2], unverified) } == ["producer 2: a transaction begins that was not verified, or has ended since"])
    #expect(told { states.requireFits(other, states[2], ProducerStates.Circumstances()) } == [])
  }

  @Test func `A marker of another epoch or of a former coordinator is told where it is accepted`() throws {
    let fixture = try LogFixture()
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 1, epoch: 2, sequence: 0, isTransactional: true), epoch: 0)
    _ = try fixture.log.append(asLeader: fixture.marker(true, producer: 1, epoch: 2, coordinatorEpoch: 5), epoch: 0, origin: .coordinator)
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 1, epoch: 2, sequence: 1, isTransactional: true), epoch: 0)
    let states = fixture.log.producers
    func words(epoch: Int16, coordinatorEpoch: Int32, version: Int16) throws -> [String] {
      let marker = try RecordBatch(fixture.marker(true, producer: 1, epoch: epoch, coordinatorEpoch: coordinatorEpoch))
      return told { states.requireMarkerFits(marker, states[1], ProducerStates.Circumstances(origin: .coordinator, transactionVersion: version)) }
    }
    #expect(try words(epoch: 2, coordinatorEpoch: 5, version: 1) == [] && words(epoch: 3, coordinatorEpoch: 6, version: 2) == [])
    #expect(try words(epoch: 1, coordinatorEpoch: 5, version: 1) == ["producer 1: a marker of epoch 1 is accepted, and its transaction is of epoch 2"])
    #expect(try words(epoch: 2, coordinatorEpoch: 5, version: 2) == ["producer 1: a marker of epoch 2 is accepted, and its transaction is of epoch 2"])
    #expect(try words(epoch: 2, coordinatorEpoch: 4, version: 1) == ["producer 1: a marker of coordinator epoch 4 is accepted behind one of 5"])
  }

  @Test func `A transaction that is open behind its marker is told, and so is an abort that the index does not have`() throws {
    let fixture = try LogFixture(), log = fixture.log!
    _ = try log.append(asLeader: fixture.producerBatch(producer: 1, sequence: 0, isTransactional: true), epoch: 0)
    let abort = try RecordBatch(fixture.marker(false, producer: 1))
    #expect(
      told { log.requireEnded(abort, from: 0) } == [
        "logs/t-0: the transaction of producer 1 was ended at 0, and is open",
        "logs/t-0: the transaction of producer 1 was aborted at 0, and the transaction index does not say so",
      ])
    #expect(try told { _ = try log.append(asLeader: abort.bytes, epoch: 0, origin: .coordinator) } == [])
  }
}
