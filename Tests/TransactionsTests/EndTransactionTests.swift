import MarkExpectations
import Primitives
import Testing
import Wire

@testable import Transactions

/// EndTxn of producers of both kinds: below level 2 (version 4 and less) and at level 2.
@Suite struct EndTransactionTests {
  private func open(level: Int16 = 2, version: Int16 = 5) -> TransactionFixture {
    let fixture = TransactionFixture(level: level)
    fixture.initialize()
    fixture.add([p0, u0], (1, 0), version: version)
    return fixture
  }

  // MARK: Below level 2

  @Test(arguments: [true, false])
  func `Below level 2 a transaction ends in its epoch, and the end may be requested again`(commits: Bool) {
    let fixture = open(level: 0, version: 3)
    #expect(fixture.end((1, 0), commits: commits, version: 4) == "NONE")
    #expect(fixture.standing() == (commits ? "PrepareCommit 1:0 [t-0, u-0]" : "PrepareAbort 1:0 [t-0, u-0]"))
    #expect(fixture.end((1, 0), commits: commits, version: 4) == "CONCURRENT_TRANSACTIONS")
    let order = fixture.writeMarkers()
    #expect(order == MarkerOrder(transactionalID: "x", producerID: 1, producerEpoch: 0, isCommit: commits, partitions: [p0, u0], transactionVersion: 0))
    #expect(fixture.standing() == (commits ? "CompleteCommit 1:0" : "CompleteAbort 1:0"))
    #expect(fixture.end((1, 0), commits: commits, version: 4) == "NONE")
    #expect(fixture.end((1, 0), commits: !commits, version: 4) == "INVALID_TXN_STATE")
    #expect(fixture.orders.isEmpty)
  }

  @Test func `Below level 2 a transaction that has not begun cannot be ended`() {
    let fixture = TransactionFixture(level: 0)
    #expect(fixture.commit((1, 0), version: 4) == "INVALID_PRODUCER_ID_MAPPING")
    #expect(fixture.commit((1, 0), of: "", version: 4) == "INVALID_REQUEST")
    fixture.initialize()
    #expect(fixture.commit((1, 0), version: 4) == "INVALID_TXN_STATE")
    #expect(fixture.abort((1, 0), version: 4) == "INVALID_TXN_STATE")
    #expect(fixture.commit((2, 0), version: 4) == "INVALID_PRODUCER_ID_MAPPING")
    #expect(fixture.commit((1, 1), version: 4) == "PRODUCER_FENCED")
    #expect(fixture.commit((1, 1), version: 1) == "INVALID_PRODUCER_EPOCH")
  }

  @Test func `Below level 2 a late end ends the next transaction`() {
    // What KIP-890 is about.
    let fixture = open(level: 0, version: 3)
    fixture.commit((1, 0), version: 4)
    fixture.writeMarkers()
    fixture.add([p1], (1, 0), version: 3)
    #expect(fixture.commit((1, 0), version: 4) == "NONE")
    #expect(fixture.standing() == "PrepareCommit 1:0 [t-1]")
  }

  @Test func `The response waits until the decision is committed, and so do the markers`() {
    for version in [Int16(4), 5] {
      let fixture = open(version: version == 4 ? 3 : 5)
      fixture.holdsRecords = true
      #expect(fixture.commit((1, 0), version: version) == "waits")
      #expect(fixture.orders.isEmpty)
      #expect(fixture.commit((1, 0), version: version) == "CONCURRENT_TRANSACTIONS")
      #expect(fixture.abort((1, 0), version: version) == "CONCURRENT_TRANSACTIONS")
      fixture.commit()
      #expect(fixture.orders.count == 1)
    }
  }

  // MARK: At level 2

  @Test(arguments: [true, false])
  func `At level 2 a transaction ends in the next epoch, in which its producer continues`(commits: Bool) {
    let fixture = open()
    #expect(fixture.end((1, 0), commits: commits) == "1:1")
    let order = fixture.writeMarkers()
    #expect(order == MarkerOrder(transactionalID: "x", producerID: 1, producerEpoch: 1, isCommit: commits, partitions: [p0, u0], transactionVersion: 2))
    #expect(fixture.standing() == (commits ? "CompleteCommit 1:1" : "CompleteAbort 1:1"))
    #expect(fixture.transact((1, 1)) == "1:2")
    #expect(fixture.transact((1, 2), commits: false) == "1:3")
  }

  @Test(arguments: [true, false])
  func `At level 2 a repeated request gets the same response`(commits: Bool) {
    let fixture = open()
    #expect(fixture.end((1, 0), commits: commits) == "1:1")
    #expect(fixture.end((1, 0), commits: commits) == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    let count = fixture.records.count
    #expect(fixture.end((1, 0), commits: commits) == "1:1")
    #expect(fixture.records.count == count)
  }

  @Test func `At level 2 a late end ends nothing`() {
    let fixture = open()
    fixture.commit((1, 0))
    fixture.writeMarkers()
    fixture.add([p1], (1, 1))
    expectMark(.endTooLate) { #expect(fixture.commit((1, 0)) == "PRODUCER_FENCED") }
    #expect(fixture.abort((1, 0)) == "PRODUCER_FENCED")
    #expect(fixture.standing() == "Ongoing 1:1 [t-1]")
  }

  @Test func `At level 2 each completed state answers as KIP-890 says`() {
    // In the order Empty, CompleteAbort, CompleteCommit; again and in the present epoch. A new producer has no epoch before.
    let rests: [(TransactionFixture) -> Void] = [
      { _ in }, { $0.transact((1, 0), commits: false) }, { $0.transact((1, 0)) },
    ]
    let expected = [
      (abort: ["PRODUCER_FENCED", "1:1"], commit: ["PRODUCER_FENCED", "INVALID_TXN_STATE"]),
      (abort: ["1:1", "1:2"], commit: ["PRODUCER_FENCED", "INVALID_TXN_STATE"]),
      (abort: ["INVALID_TXN_STATE", "1:2"], commit: ["1:1", "INVALID_TXN_STATE"]),
    ]
    for (rest, answers) in zip(rests, expected) {
      for (commits, answers) in [(false, answers.abort), (true, answers.commit)] {
        for (isRetry, answer) in zip([true, false], answers) {
          let fixture = TransactionFixture()
          fixture.initialize()
          rest(fixture)
          let epoch = fixture.metadata()?.producerEpoch ?? 0
          #expect(fixture.end((1, isRetry ? epoch - 1 : epoch), commits: commits) == answer, "\(fixture.standing()), \(commits ? "commit" : "abort")")
        }
      }
    }
  }

  @Test func `Aborting an empty transaction passes through the same states, without partitions`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.now += .seconds(5)
    #expect(fixture.abort((1, 0)) == "1:1")
    #expect(fixture.orders.first?.partitions == [])
    #expect(fixture.metadata()?.startTimestamp == fixture.time.wallClock.milliseconds)
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 1:1")
  }

  @Test func `An early abort of the next transaction waits for the previous one`() {
    let fixture = open()
    #expect(fixture.commit((1, 0)) == "1:1")
    #expect(fixture.abort((1, 1)) == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    #expect(fixture.abort((1, 1)) == "1:2")
  }

  @Test func `A commit of a transaction that the coordinator has aborted is fenced`() {
    let fixture = open()
    fixture.run(.seconds(80))
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 1:1")
    expectMark(.commitOfAborted) { #expect(fixture.commit((1, 0)) == "PRODUCER_FENCED") }
    #expect(fixture.abort((1, 0)) == "1:1")
  }

  @Test func `Another producer is refused at level 2`() {
    let fixture = TransactionFixture()
    #expect(fixture.commit((1, 0)) == "INVALID_PRODUCER_ID_MAPPING")
    #expect(fixture.commit((1, 0), of: "") == "INVALID_REQUEST")
    fixture.initialize()
    fixture.add([p0], (1, 0))
    #expect(fixture.commit((2, 0)) == "INVALID_PRODUCER_ID_MAPPING")
    #expect(fixture.commit((1, 1)) == "PRODUCER_FENCED")
    #expect(fixture.standing() == "Ongoing 1:0 [t-0]")
  }

  @Test func `A producer may change to level 2 between two transactions`() {
    let fixture = open(version: 3)
    #expect(fixture.commit((1, 0), version: 4) == "NONE")
    #expect(fixture.writeMarkers()?.transactionVersion == 0)
    fixture.add([p0], (1, 0))
    #expect(fixture.commit((1, 0)) == "1:1")
    #expect(fixture.writeMarkers()?.transactionVersion == 2)
  }

  // MARK: Completion

  @Test func `A completion is recorded once, and an outdated order has no effect`() throws {
    let fixture = open()
    fixture.commit((1, 0))
    let order = try #require(fixture.orders.first)
    #expect(fixture.complete(order) == "NONE")
    let count = fixture.records.count
    #expect(fixture.complete(order) == "NONE")
    fixture.add([p1], (1, 1))
    #expect(fixture.complete(order) == "NONE")
    #expect(fixture.records.count == count + 1)
    #expect(fixture.standing() == "Ongoing 1:1 [t-1]")
    var stranger = order
    stranger.transactionalID = "nobody"
    #expect(fixture.complete(stranger) == "INVALID_PRODUCER_ID_MAPPING")
  }

  @Test func `If the log refuses a completion, the order remains`() throws {
    let fixture = open()
    fixture.commit((1, 0))
    let order = try #require(fixture.orders.first)
    fixture.refusal = .coordinatorNotAvailable
    #expect(fixture.complete(order) == "COORDINATOR_NOT_AVAILABLE")
    #expect(fixture.add([p1], (1, 1)) == "CONCURRENT_TRANSACTIONS")
    fixture.refusal = nil
    #expect(fixture.complete(order) == "NONE")
    #expect(fixture.standing() == "CompleteCommit 1:1")
  }
}
