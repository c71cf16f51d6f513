import Host
import Log
import MarkExpectations
import Primitives
import Testing
import Wire

@Suite struct ProducerStateTests {
  private func append(_ fixture: LogFixture, _ batch: Bytes, origin: AppendOrigin = .client) throws -> AppendResult {
    try fixture.log.append(asLeader: batch, epoch: 0, origin: origin)
  }

  @Test func `A repeated batch is answered with its first offsets`() throws {
    let fixture = try LogFixture()
    for sequence in 0..<7 { _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: Int32(sequence * 2), count: 2)) }
    let again = try expectMark(.duplicateBatchRecognised) { try append(fixture, fixture.producerBatch(producer: 1, sequence: 8, count: 2)) }
    #expect(again.isDuplicate && again.baseOffset == 8 && again.lastOffset == 9)
    #expect(fixture.log.logEndOffset == 14)
    // The sixth last is forgotten, and a batch with other bounds is none that came before.
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 14, received: 2)) {
      try append(fixture, fixture.producerBatch(producer: 1, sequence: 2, count: 2))
    }
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 14, received: 8)) {
      try append(fixture, fixture.producerBatch(producer: 1, sequence: 8, count: 1))
    }
  }

  @Test func `Sequences must follow each other`() throws {
    let fixture = try LogFixture()
    // Nothing is known of the producer: any sequence will do.
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 2_147_483_646, count: 2))
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 0, received: 1)) {
      try append(fixture, fixture.producerBatch(producer: 1, sequence: 1))
    }
    #expect(try append(fixture, fixture.producerBatch(producer: 1, sequence: 0)).baseOffset == 2)
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 0, received: 1)) {
      try append(fixture, fixture.producerBatch(producer: 1, epoch: 1, sequence: 1))
    }
    _ = try append(fixture, fixture.producerBatch(producer: 1, epoch: 1, sequence: 0))
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 1, received: 0)) {
      try append(fixture, fixture.producerBatch(producer: 1, epoch: 0, sequence: 1))
    }
  }

  @Test func `The last stable offset waits for the marker to be replicated`() throws {
    let fixture = try LogFixture()
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 0, isTransactional: true))
    _ = try append(fixture, fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true))
    #expect(fixture.log.lastStableOffset(highWatermark: 2) == 0)
    _ = try append(fixture, fixture.marker(true, producer: 1), origin: .coordinator)
    #expect(fixture.log.lastStableOffset(highWatermark: 2) == 0)
    #expect(fixture.log.lastStableOffset(highWatermark: 3) == 1)
    #expect(fixture.log.hasOngoingTransaction(producerID: 2) && !fixture.log.hasOngoingTransaction(producerID: 1))
    _ = try append(fixture, fixture.marker(false, producer: 2), origin: .coordinator)
    #expect(fixture.log.lastStableOffset(highWatermark: 4) == 4)
    #expect(
      fixture.log.abortedTransactions(from: 0, to: 4)
        == [AbortedTransaction(producerID: 2, firstOffset: 1, lastOffset: 3, lastStableOffset: 4)])
    #expect(fixture.log.abortedTransactions(from: 0, to: 1).isEmpty && fixture.log.abortedTransactions(from: 4, to: 9).isEmpty)
  }

  @Test func `A write outside of an open transaction and a marker of a deposed coordinator are refused`() throws {
    let fixture = try LogFixture()
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 0, isTransactional: true))
    #expect(throws: AppendError.invalidTransactionState(producerID: 1)) { try append(fixture, fixture.producerBatch(producer: 1, sequence: 1)) }
    _ = try append(fixture, fixture.marker(true, producer: 1, coordinatorEpoch: 5), origin: .coordinator)
    #expect(throws: AppendError.coordinatorFenced(producerID: 1, current: 5, received: 4)) {
      try append(fixture, fixture.marker(true, producer: 1, coordinatorEpoch: 4), origin: .coordinator)
    }
    let forged = #expect(throws: AppendError.self) { try append(fixture, fixture.marker(true, producer: 1)) }
    #expect(isInvalidRecord(forged), "a producer writes no markers")
  }

  /// State is a function of the records: whatever way it is come by, it is the same.
  @Test(arguments: ["clean", "kill", "no snapshots", "garbled snapshot", "snapshot with a producer twice"])
  func `Producers are known again after any kind of end`(end: String) throws {
    let fixture = try LogFixture()
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 0, count: 3))
    _ = try append(fixture, fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true))
    try fixture.log.roll()
    _ = try append(fixture, fixture.producerBatch(producer: 3, sequence: 0, isTransactional: true))
    _ = try append(fixture, fixture.marker(false, producer: 3), origin: .coordinator)
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 3))
    let before = fixture.log.activeProducers
    let aborted = fixture.log.abortedTransactions(from: 0, to: 100)
    #expect(aborted.count == 1 && aborted[0].lastStableOffset == 3)
    fixture.flush()
    let snapshots = fixture.files.filter { $0.hasSuffix(".snapshot") }
    #expect(snapshots == [LogFixture.name(4, ".snapshot")])
    for name in snapshots {
      if end == "no snapshots" { try fixture.disk.remove(fixture.path(name)) }
      if end == "garbled snapshot" { fixture.disk.overwrite(fixture.path(name)) { $0[20] ^= 1 } }
      if end == "snapshot with a producer twice" { fixture.disk.overwrite(fixture.path(name)) { nameTwice(in: &$0) } }
    }
    try fixture.reopen(isClean: end == "clean")
    #expect(fixture.log.activeProducers == before)
    #expect(fixture.log.abortedTransactions(from: 0, to: 100) == aborted)
    #expect(fixture.log.lastStableOffset(highWatermark: 7) == 3)
    #expect(try append(fixture, fixture.producerBatch(producer: 1, sequence: 3)).isDuplicate)
  }

  /// The first entry of a snapshot gets the id of the second; the checksum is right.
  private func nameTwice(in content: inout [UInt8]) {
    content.replaceSubrange(10..<18, with: content[56..<64])
    let checksum = CRC32C.checksum(Bytes(content)[6...])
    withUnsafeBytes(of: checksum.bigEndian) { content.replaceSubrange(2..<6, with: $0) }
  }

  @Test func `A truncation also takes the producers back`() throws {
    let fixture = try LogFixture()
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 0))
    try fixture.log.roll()
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 1))
    try fixture.log.roll()
    _ = try append(fixture, fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true))
    try fixture.log.truncate(to: 1)
    #expect(fixture.log.activeProducers.map(\.producerID) == [1])
    #expect(fixture.log.lastStableOffset(highWatermark: 1) == 1)
    #expect(try append(fixture, fixture.producerBatch(producer: 1, sequence: 1)).baseOffset == 1)
  }

  /// Kafka forgets it, since its snapshots name open transactions only.
  @Test(arguments: [true, false])
  func `If requested, a transaction whose marker is above the high watermark holds back the last stable offset of a reopened or truncated log`(keeps: Bool) throws {
    var switches = LogSwitches()
    switches.keepUnreplicatedTransactions = keeps
    let fixture = try LogFixture(switches: switches)
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 0, isTransactional: true))
    try fixture.log.roll()
    _ = try append(fixture, fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true))
    _ = try append(fixture, fixture.marker(true, producer: 2), origin: .coordinator)
    _ = try append(fixture, fixture.marker(true, producer: 1), origin: .coordinator)
    try fixture.log.roll()
    _ = try append(fixture, fixture.producerBatch(producer: 3, sequence: 0))
    fixture.flush()
    try fixture.reopen(isClean: true, highWatermark: 3)
    #expect(fixture.log.lastStableOffset(highWatermark: 3) == (keeps ? 0 : 3))
    #expect(fixture.log.lastStableOffset(highWatermark: 4) == 4)

    _ = try append(fixture, fixture.producerBatch(producer: 4, sequence: 0, isTransactional: true))
    _ = try append(fixture, fixture.marker(false, producer: 4), origin: .coordinator)
    try fixture.log.roll()
    _ = try append(fixture, fixture.producerBatch(producer: 5, sequence: 0))
    #expect(fixture.log.lastStableOffset(highWatermark: 6) == 5)
    try fixture.log.truncate(to: 7)
    #expect(fixture.log.lastStableOffset(highWatermark: 6) == (keeps ? 5 : 6))
    try fixture.log.truncate(to: 6)
    #expect(fixture.log.lastStableOffset(highWatermark: 6) == 5, "its marker is gone: it is open")
  }

  @Test func `Idle producers are forgotten unless a transaction is open`() throws {
    let fixture = try LogFixture()
    _ = try append(fixture, fixture.producerBatch(producer: 1, sequence: 0))
    _ = try append(fixture, fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true))
    fixture.host.advance(.seconds(100))
    _ = try append(fixture, fixture.producerBatch(producer: 3, sequence: 0))
    expectMark(.producerExpired) { fixture.log.expireProducers(olderThan: .seconds(50)) }
    #expect(fixture.log.activeProducers.map(\.producerID) == [2, 3])
  }

  @Test func `A marker is reported when it is written`() throws {
    let fixture = try LogFixture()
    _ = try append(fixture, fixture.producerBatch(producer: 1, epoch: 2, sequence: 0, isTransactional: true))
    _ = try append(fixture, fixture.marker(true, producer: 1, epoch: 2), origin: .coordinator)
    let told = fixture.host.occurrences.compactMap { occurrence -> String? in
      guard case .markerWritten(let partition, let producer, let epoch, let isCommit, let offset) = occurrence else { return nil }
      return "\(partition) \(producer) \(epoch) \(isCommit) \(offset)"
    }
    #expect(told == ["t-0 1 2 true 1"])
  }

  @Test func `A snapshot has Kafka's format`() throws {
    let fixture = try LogFixture()
    _ = try append(fixture, fixture.producerBatch(producer: 258, epoch: 3, sequence: 7, count: 2))
    try fixture.log.roll()
    let content = Bytes(fixture.disk.content(fixture.path(LogFixture.name(2, ".snapshot"))))
    #expect(content.count == 10 + 46 && content.integer(at: 0, as: Int16.self) == 1 && content.integer(at: 6, as: Int32.self) == 1)
    #expect(content.integer(at: 2, as: UInt32.self) == CRC32C.checksum(content[6...]))
    #expect(content.integer(at: 10, as: Int64.self) == 258 && content.integer(at: 18, as: Int16.self) == 3)
    #expect(content.integer(at: 20, as: Int32.self) == 8 && content.integer(at: 24, as: Int64.self) == 1)
    #expect(content.integer(at: 32, as: Int32.self) == 1 && content.integer(at: 48, as: Int64.self) == -1)
  }
}
