import Host
import Primitives
import Testing
import Wire

@testable import Log

/// What a leader takes of idempotent and transactional producers, and of coordinators that end their transactions.
@Suite struct TransactionJudgementTests {
  private func fixture(_ change: (inout LogSwitches) -> Void = { _ in }) throws -> LogFixture {
    var switches = LogSwitches()
    change(&switches)
    return try LogFixture(switches: switches)
  }

  @discardableResult
  private func write(
    _ fixture: LogFixture, epoch: Int16 = 0, sequence: Int32 = 0, isTransactional: Bool = true, shown: TransactionVerification = .notRequired
  ) throws -> AppendResult {
    try fixture.log.append(
      asLeader: fixture.producerBatch(producer: 1, epoch: epoch, sequence: sequence, isTransactional: isTransactional), epoch: 0, verification: shown)
  }

  @discardableResult
  private func end(
    _ fixture: LogFixture, epoch: Int16 = 0, coordinatorEpoch: Int32 = 0, version: Int16 = 0, isCommit: Bool = false
  ) throws -> AppendResult {
    try fixture.log.append(
      asLeader: fixture.marker(isCommit, producer: 1, epoch: epoch, coordinatorEpoch: coordinatorEpoch), epoch: 0, origin: .coordinator,
      transactionVersion: version)
  }

  private func verify(_ fixture: LogFixture, epoch: Int16 = 0, sequence: Int32 = 0, bumps: Bool = false) throws -> VerificationGuard? {
    try fixture.log.startVerification(of: 1, epoch: epoch, sequence: sequence, supportsEpochBump: bumps)
  }

  // MARK: Verification

  @Test func `A transaction begins with the guard from the log, and continues without one`() throws {
    let fixture = try fixture()
    #expect(throws: AppendError.transactionNotVerified(producerID: 1)) { try write(fixture, shown: .required(nil)) }
    let verification = try #require(try verify(fixture))
    #expect(try verify(fixture) == verification)
    #expect(throws: AppendError.transactionNotVerified(producerID: 1)) { try write(fixture, shown: .required(VerificationGuard(99))) }
    try write(fixture, shown: .required(verification))
    #expect(try verify(fixture) == nil)
    try write(fixture, sequence: 1, shown: .required(nil))
  }

  @Test func `A verification from before a marker begins nothing after it, even while the next transaction is being verified`() throws {
    let fixture = try fixture()
    let former = try #require(try verify(fixture))
    try end(fixture)
    #expect(throws: AppendError.transactionNotVerified(producerID: 1)) { try write(fixture, shown: .required(former)) }
    let next = try #require(try verify(fixture))
    #expect(next != former)
    #expect(throws: AppendError.transactionNotVerified(producerID: 1)) { try write(fixture, shown: .required(former)) }
    try write(fixture, shown: .required(next))
  }

  @Test func `Without the guard, an append that was held up past the marker begins a transaction that never ends`() throws {
    let fixture = try fixture { $0.verificationGuard = false }
    let former = try verify(fixture)
    try end(fixture)
    try write(fixture, shown: .required(former))
    #expect(fixture.log.firstOpenTransaction == 1)
  }

  @Test func `A marker of version 2 has the epoch of the next transaction, whose verification continues`() throws {
    let fixture = try fixture()
    try write(fixture, epoch: 0)
    let next = try #require(try verify(fixture, epoch: 1, bumps: true))
    try end(fixture, epoch: 1, version: 2)
    try write(fixture, epoch: 1, shown: .required(next))
    // One of another epoch ends the verification as well.
    let other = try #require(try verify(fixture, epoch: 2, bumps: true))
    try end(fixture, epoch: 3, version: 2)
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 3, received: 2)) {
      try write(fixture, epoch: 2, shown: .required(other))
    }
  }

  @Test func `A producer with an old epoch is not verified`() throws {
    let fixture = try fixture()
    try end(fixture, epoch: 4)
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 4, received: 3)) { try verify(fixture, epoch: 3) }
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 4, received: 3)) { try write(fixture, epoch: 3, shown: .required(nil)) }
  }

  @Test func `Of several verified batches the one with the smallest sequence is written first`() throws {
    let fixture = try fixture()
    _ = try verify(fixture, sequence: 5)
    let verification = try #require(try verify(fixture, sequence: 3))
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 3, received: 5)) {
      try write(fixture, sequence: 5, shown: .required(verification))
    }
    try write(fixture, sequence: 3, shown: .required(verification))
  }

  @Test func `Unused verifications are forgotten with their producers`() throws {
    let fixture = try fixture()
    let former = try verify(fixture)
    #expect(former != nil)
    fixture.host.advance(.seconds(60))
    fixture.log.expireProducers(olderThan: .seconds(30))
    #expect(fixture.log.verifications.isEmpty)
    #expect(try verify(fixture) != former)
  }

  // MARK: Sequences

  @Test func `An unknown producer of transaction version 2 starts with sequence 0, and others start anywhere`() throws {
    let fixture = try fixture()
    let verification = try #require(try verify(fixture, sequence: 7, bumps: true))
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 0, received: 7)) {
      try write(fixture, sequence: 7, shown: .required(verification))
    }
    let other = try self.fixture()
    try write(other, sequence: 7, shown: .required(try verify(other, sequence: 7)))
  }

  @Test func `If only a marker is known of an epoch, its first sequence is 0`() throws {
    let fixture = try fixture()
    try end(fixture, epoch: 2)
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 0, received: 4)) { try write(fixture, epoch: 2, sequence: 4) }
    try write(fixture, epoch: 2, sequence: 0)
  }

  @Test func `A batch with an old epoch is not a duplicate`() throws {
    let fixture = try fixture()
    try write(fixture, isTransactional: false)
    try write(fixture, epoch: 1, isTransactional: false)
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 1, received: 0)) { try write(fixture, isTransactional: false) }
  }

  @Test func `A write outside of an open transaction is refused in a new epoch as well`() throws {
    let fixture = try fixture()
    try write(fixture)
    #expect(throws: AppendError.invalidTransactionState(producerID: 1)) { try write(fixture, epoch: 1, isTransactional: false) }
  }

  @Test(arguments: [2, 5, 7] as [Int32]) func `The number of recognized batches is the number remembered`(window: Int32) throws {
    let fixture = try fixture { $0.dedupWindow = window }
    for sequence in 0..<7 as Range<Int32> { try write(fixture, sequence: sequence, isTransactional: false) }
    #expect(try write(fixture, sequence: 7 - window, isTransactional: false).isDuplicate)
    if window < 7 {
      #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 7, received: 6 - window)) {
        try write(fixture, sequence: 6 - window, isTransactional: false)
      }
    }
  }

  @Test func `A log that does not recognize batches takes them for out of order`() throws {
    let fixture = try fixture { $0.serverDedup = false }
    try write(fixture, isTransactional: false)
    #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 1, received: 0)) { try write(fixture, isTransactional: false) }
  }

  @Test(arguments: [true, false]) func `A batch must follow the previous one, or is accepted in any order`(isChecked: Bool) throws {
    let fixture = try fixture { $0.checkSequences = isChecked }
    try write(fixture, isTransactional: false)
    if isChecked {
      #expect(throws: AppendError.outOfOrderSequence(producerID: 1, expected: 1, received: 2)) { try write(fixture, sequence: 2, isTransactional: false) }
    } else {
      #expect(try write(fixture, sequence: 2, isTransactional: false).baseOffset == 1)
      #expect(try write(fixture, sequence: 1, isTransactional: false).baseOffset == 2)
    }
  }

  @Test(arguments: [true, false]) func `A truncated log knows its producers, or none of them`(reloads: Bool) throws {
    let fixture = try fixture { $0.reloadProducersAfterTruncation = reloads }
    try write(fixture)
    try write(fixture, sequence: 1)
    try fixture.log.truncate(to: 1)
    #expect(fixture.log.activeProducers.map(\.lastSequence) == (reloads ? [0] : []))
    #expect(fixture.log.lastStableOffset(highWatermark: 1) == (reloads ? 0 : 1))
  }

  @Test(arguments: [true, false]) func `An aborted transaction that began in an earlier segment is listed, or not`(isListed: Bool) throws {
    let fixture = try fixture { $0.listAbortedAcrossSegments = isListed }
    try write(fixture)
    try fixture.log.roll()
    try end(fixture)
    try write(fixture, sequence: 1)
    try end(fixture)
    #expect(fixture.log.abortedTransactions(from: 0, to: 4).map(\.firstOffset) == (isListed ? [0, 2] : [2]))
  }

  @Test(arguments: [true, false]) func `A producer is known after its records are deleted, which it formerly was not`(isRetained: Bool) throws {
    let fixture = try fixture { $0.retainProducersAfterDeletion = isRetained }
    try write(fixture, sequence: 0, isTransactional: false)
    try fixture.log.advanceLogStartOffset(to: 1)
    if isRetained {
      #expect(try write(fixture, sequence: 1, isTransactional: false).baseOffset == 1)
    } else {
      #expect(throws: AppendError.unknownProducerID(producerID: 1)) { try write(fixture, sequence: 1, isTransactional: false) }
      #expect(try write(fixture, epoch: 1, sequence: 0, isTransactional: false).baseOffset == 1)
    }
  }

  @Test(arguments: [true, false]) func `A repeated batch that was deleted is recognized, or its producer is unknown`(isRetained: Bool) throws {
    let fixture = try fixture { $0.retainProducersAfterDeletion = isRetained }
    for sequence: Int32 in 0...1 { try write(fixture, sequence: sequence, isTransactional: false) }
    try fixture.log.advanceLogStartOffset(to: 2)
    if isRetained {
      #expect(try write(fixture, sequence: 1, isTransactional: false).baseOffset == 1)
    } else {
      #expect(throws: AppendError.unknownProducerID(producerID: 1)) { try write(fixture, sequence: 1, isTransactional: false) }
    }
  }

  // MARK: Markers

  @Test func `By the rules of versions 0 and 1, a marker has the epoch of its transaction or a newer one`() throws {
    let fixture = try fixture()
    try write(fixture, epoch: 3)
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 3, received: 2)) { try end(fixture, epoch: 2) }
    try end(fixture, epoch: 3)
    try end(fixture, epoch: 3)
    try end(fixture, epoch: 4)
  }

  @Test func `By the rules of version 2, a marker with the open transaction's own epoch is a late one of the previous transaction`() throws {
    let fixture = try fixture()
    try write(fixture, epoch: 3)
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 3, received: 3)) { try end(fixture, epoch: 3, version: 2) }
    try end(fixture, epoch: 4, version: 2)
    // Its answer was lost: it comes again.
    try end(fixture, epoch: 4, version: 2)
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 4, received: 3)) { try end(fixture, epoch: 3, version: 2) }
  }

  @Test func `Formerly, a late marker of version 2 ended the next transaction`() throws {
    let fixture = try fixture { $0.markerEpochStrict = false }
    try write(fixture, epoch: 3)
    try end(fixture, epoch: 3, version: 2, isCommit: true)
    #expect(fixture.log.firstOpenTransaction == nil)
  }

  @Test func `Formerly, a repeated marker of version 2 was refused forever`() throws {
    let fixture = try fixture { $0.markerIdempotentRetry = false }
    try write(fixture, epoch: 3)
    try end(fixture, epoch: 4, version: 2)
    #expect(throws: AppendError.invalidProducerEpoch(producerID: 1, current: 4, received: 4)) { try end(fixture, epoch: 4, version: 2) }
  }

  @Test(arguments: [true, false]) func `A marker of a deposed coordinator is refused, if that is checked`(isChecked: Bool) throws {
    let fixture = try fixture { $0.checkCoordinatorEpoch = isChecked }
    try end(fixture, coordinatorEpoch: 5)
    try write(fixture)
    if isChecked {
      #expect(throws: AppendError.coordinatorFenced(producerID: 1, current: 5, received: 4)) { try end(fixture, coordinatorEpoch: 4) }
      #expect(fixture.log.firstOpenTransaction == 1)
    } else {
      try end(fixture, coordinatorEpoch: 4)
      #expect(fixture.log.firstOpenTransaction == nil)
    }
  }

  // MARK: Another life

  @Test func `Expired producers are not read back from a snapshot, unless they have an open transaction`() throws {
    let fixture = try fixture()
    fixture.producerIDExpiration = .seconds(30)
    try write(fixture, isTransactional: false)
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true), epoch: 0)
    try fixture.log.roll()
    fixture.flush()
    fixture.host.advance(.seconds(60))
    try fixture.reopen(isClean: true)
    #expect(fixture.log.activeProducers.map(\.producerID) == [2])
  }

  @Test func `The producer state matches the log, and a mismatch is reported`() throws {
    let fixture = try fixture()
    try write(fixture, isTransactional: false)
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 2, sequence: 0, isTransactional: true), epoch: 0)
    try fixture.log.roll()
    try write(fixture, sequence: 1, isTransactional: false)
    func broken() -> [String] {
      var check = InvariantCheck()
      fixture.log.checkProducerReplay(&check)
      #expect(check.examined > 0)
      return check.broken
    }
    #expect(broken() == [])
    var states = fixture.log.producers
    _ = try states.apply(RecordBatch(fixture.producerBatch(producer: 1, epoch: 1, sequence: 0)))
    fixture.log.producers = states
    #expect(broken().count == 1)
    fixture.log.producers = ProducerStates()
    #expect(broken().contains { $0.hasPrefix("logs/t-0: nothing is known of producer 1, and the log says epoch 0, sequence 1 at offset 2") }, "\(broken())")
    fixture.log.expireProducers(olderThan: .zero)
    #expect(!broken().contains { $0.contains("producer 1,") }, "it has expired")
    #expect(broken().contains { $0.contains("producer 2,") }, "its transaction is open")
    fixture.log.producers = states
    fixture.log.producers.ongoing = []
    #expect(broken().contains("logs/t-0: 0 transactions are open, from none, and 1 by the log, from 1"))
  }

  @Test func `Of a producer that has expired and is known by a marker again the batches may be forgotten, and nothing else`() throws {
    let fixture = try fixture()
    _ = try fixture.log.append(asLeader: fixture.producerBatch(producer: 1, sequence: 0, isTransactional: true), epoch: 0)
    _ = try fixture.log.append(asLeader: fixture.marker(true, producer: 1), epoch: 0, origin: .coordinator)
    fixture.host.advance(.seconds(60))
    fixture.log.expireProducers(olderThan: .seconds(30))
    _ = try fixture.log.append(asLeader: fixture.marker(true, producer: 1), epoch: 0, origin: .coordinator)
    func broken() -> [String] {
      var check = InvariantCheck()
      fixture.log.checkProducerReplay(&check)
      fixture.log.checkContents(&check)
      return check.broken
    }
    #expect(fixture.log.producers[1]?.batches == [] && broken() == [])
    fixture.log.producersExpiredUntil = .none
    #expect(broken().count == 2, "\(broken())")
  }
}
