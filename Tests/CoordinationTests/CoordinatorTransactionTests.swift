import Host
import Primitives
import Testing
import Wire

@testable import Coordination

/// Records that a coordinator writes in transactions of producers, and the markers that end these.
@Suite struct CoordinatorTransactionTests {
  private let producer = TransactionalProducer(id: 7, epoch: 1, verification: .required(VerificationGuard(3)))

  private func loaded(markerApplication: Duration? = nil) -> CoordinatorFixture {
    let fixture = CoordinatorFixture(markerApplication: markerApplication)
    fixture.lead(in: 1)
    fixture.host.run()
    return fixture
  }

  private func decided(_ fixture: CoordinatorFixture) -> [String] {
    (try? fixture.runtime.read(from: 0) { decided, _ throws(Refusal) in decided.recordedState }.get()) ?? []
  }

  private func isReplayed(_ fixture: CoordinatorFixture) -> Bool {
    var check = InvariantCheck()
    fixture.runtime.checkReplay(&check, "numbers")
    return check.broken.isEmpty && check.examined > 0
  }

  @Test func `Records of a transaction are one batch of its producer, and are replayed as such`() throws {
    let fixture = loaded()
    let write = fixture.write("a", 7, of: producer)
    let batch = try #require(fixture.log.batches.last)
    #expect(batch.isTransactional && !batch.isControl && batch.producerID == 7 && batch.producerEpoch == 1 && batch.baseSequence == -1)
    #expect(fixture.log.verifications == [.required(VerificationGuard(3))])
    #expect(decided(fixture) == ["a 7 of 7"] && fixture.committed.isEmpty && write.answers.isEmpty)
    fixture.commit(upTo: 1)
    #expect(fixture.committed == ["a 7 of 7"] && write.answers.count == 1)
    #expect(isReplayed(fixture))
  }

  @Test(arguments: [true, false]) func `A marker ends a transaction in order, and is answered when it is committed`(commits: Bool) throws {
    let fixture = loaded()
    _ = fixture.write("a", 7, of: producer)
    let ended = fixture.end(7, commits: commits, transactionVersion: 2)
    let batch = try #require(fixture.log.batches.last)
    #expect(batch.isControl && batch.producerID == 7 && fixture.log.transactionVersions == [0, 2])
    #expect(decided(fixture) == (commits ? ["a 7"] : []))
    fixture.commit(upTo: 1)
    #expect(fixture.committed == ["a 7 of 7"] && ended.answers.isEmpty)
    fixture.commit(upTo: 2)
    #expect(fixture.committed == (commits ? ["a 7"] : []) && ended.answers == [.none])
    #expect(isReplayed(fixture))
  }

  @Test func `The next leader has the open transactions, and their ends`() {
    let fixture = loaded()
    _ = fixture.write("a", 7, of: producer)
    _ = fixture.write("b", 8, of: TransactionalProducer(id: 8, epoch: 0))
    _ = fixture.end(8, commits: true)
    fixture.commit(upTo: 2)
    fixture.stepDown(from: 1)
    fixture.lead(in: 2)
    fixture.host.run()
    // The marker is above the high watermark: decided, and not committed.
    #expect(decided(fixture) == ["a 7 of 7", "b 8"] && fixture.committed == ["a 7 of 7", "b 8 of 8"])
    _ = fixture.end(7, commits: true)
    fixture.commit(upTo: 4)
    #expect(fixture.committed == ["a 7", "b 8"] && isReplayed(fixture))
  }

  @Test func `A marker that the log refuses changes nothing, and the transaction continues`() {
    let fixture = loaded()
    _ = fixture.write("a", 7, of: producer)
    fixture.log.refusal = .transactionCoordinatorFenced
    #expect(fixture.end(7, commits: true).answers == [.transactionCoordinatorFenced])
    #expect(decided(fixture) == ["a 7 of 7"])
    fixture.log.refusal = nil
    let ended = fixture.end(7, commits: false)
    fixture.commit(upTo: 2)
    #expect(ended.answers == [.none] && fixture.committed.isEmpty)
  }

  @Test func `A replica that does not lead, or is loading, ends nothing`() {
    let fixture = CoordinatorFixture()
    #expect(fixture.end(7, commits: true).answers == [.notCoordinator])
    fixture.lead(in: 1)
    #expect(fixture.end(7, commits: true).answers == [.coordinatorLoadInProgress])
    fixture.host.run()
    let ended = fixture.end(7, commits: true)
    fixture.stepDown(from: 1)
    fixture.host.run()
    #expect(ended.answers == [.notCoordinator])
  }

  @Test func `A marker that is not committed in time gets an error, and still counts when it is committed`() {
    let fixture = loaded()
    _ = fixture.write("a", 7, of: producer)
    let ended = fixture.end(7, commits: true)
    fixture.host.run(.seconds(6))
    #expect(ended.answers == [.coordinatorNotAvailable])
    fixture.commit(upTo: 2)
    #expect(ended.answers.count == 1 && fixture.committed == ["a 7"])
  }

  @Test func `Formerly, a marker was answered before it was applied, and took what the next transaction had written`() {
    let fixture = loaded(markerApplication: .milliseconds(250))
    fixture.log.commitsAtOnce = true
    _ = fixture.write("a", 7, of: producer)
    #expect(fixture.end(7, commits: true).answers == [.none])
    #expect(fixture.committed == ["a 7 of 7"])
    _ = fixture.write("a", 9, of: producer)
    fixture.host.run(.milliseconds(250))
    // The second transaction is not decided yet.
    #expect(fixture.committed == ["a 9"] && !isReplayed(fixture))
  }
}
