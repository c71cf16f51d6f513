import Primitives
import Testing
import Wire

@testable import Transactions

/// What time brings about: transactions that are open for too long, and ids that nobody uses.
@Suite struct TransactionTimeTests {
  @Test func `An empty shard waits for nothing`() {
    let fixture = TransactionFixture()
    #expect(fixture.shard.earliestDeadline == .distantFuture)
    fixture.initialize()
    #expect(fixture.shard.earliestDeadline == .zero + .seconds(3_600))
    fixture.run(.seconds(25))
    fixture.add([p0], (1, 0))
    #expect(fixture.shard.earliestDeadline == .zero + .seconds(30))
  }

  @Test(arguments: [(Int16(0), Int16(3), Int16(0)), (1, 3, 0), (2, 5, 2)])
  func `A transaction that is open too long is aborted with the next check, and its producer fenced`(level: Int16, version: Int16, order: Int16) {
    let fixture = TransactionFixture(level: level)
    fixture.initialize(timeout: 15_000)
    fixture.now += .seconds(4)
    fixture.add([p0], (1, 0), version: version)
    fixture.run(.milliseconds(15_999))
    #expect(fixture.standing() == "Ongoing 1:0 [t-0]")
    fixture.run(.milliseconds(1))
    #expect(fixture.standing() == "PrepareAbort 1:1 [t-0]")
    #expect(fixture.orders == [
      MarkerOrder(transactionalID: "x", producerID: 1, producerEpoch: 1, isCommit: false, partitions: [p0], transactionVersion: order)
    ])
    fixture.writeMarkers()
    #expect(fixture.commit((1, 0), version: version == 5 ? 5 : 4) == "PRODUCER_FENCED")
    #expect(fixture.add([p0], (1, 0), version: version) == "PRODUCER_FENCED")
  }

  @Test func `Adding partitions gives no more time`() {
    let fixture = TransactionFixture()
    fixture.initialize(timeout: 15_000)
    fixture.add([p0], (1, 0))
    fixture.run(.seconds(14))
    fixture.add([p1], (1, 0))
    fixture.run(.seconds(6))
    #expect(fixture.standing() == "PrepareAbort 1:1 [t-0, t-1]")
  }

  @Test func `A producer of level 2 that timed out continues in the epoch it is told`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.run(.seconds(70))
    fixture.writeMarkers()
    #expect(fixture.initialize("x", (1, 0)) == "1:1")
  }

  @Test func `A producer below level 2 that timed out is fenced`() {
    let fixture = TransactionFixture(level: 1)
    fixture.initialize()
    fixture.add([p0], (1, 0), version: 3)
    fixture.run(.seconds(70))
    fixture.writeMarkers()
    #expect(fixture.initialize("x", (1, 0)) == "PRODUCER_FENCED")
    #expect(fixture.initialize() == "1:2")
  }

  @Test func `A wall clock that is set forward times out open transactions`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.skew = .seconds(3_600)
    fixture.run(.seconds(9))
    #expect(fixture.standing() == "Ongoing 1:0 [t-0]")
    fixture.run(.seconds(1))
    #expect(fixture.standing() == "PrepareAbort 1:1 [t-0]")
  }

  @Test func `A two-phase transaction is not ended by time, but by its next producer`() {
    let fixture = TransactionFixture { $0.allowsTwoPhaseCommit = true }
    #expect(fixture.initialize(timeout: 0) { $0.enable2Pc = true } == "1:0")
    #expect(fixture.metadata()?.timeout == .max)
    fixture.add([p0], (1, 0))
    fixture.run(.seconds(30 * 24 * 3_600))
    #expect(fixture.standing() == "Ongoing 1:0 [t-0]")
    #expect(fixture.commit((1, 0)) == "1:1")
    fixture.writeMarkers()
    fixture.add([p0], (1, 1))
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.standing() == "PrepareAbort 1:2 [t-0]")
  }

  @Test func `A transaction that is ending already is not aborted`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.commit((1, 0))
    fixture.run(.seconds(600))
    #expect(fixture.standing() == "PrepareCommit 1:1 [t-0]")
  }

  @Test func `An abort that the log refuses is retried with each check`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.refusal = .coordinatorNotAvailable
    fixture.run(.seconds(100))
    #expect(fixture.standing() == "Ongoing 1:0 [t-0]")
    // Nobody is fenced by what was not written.
    fixture.refusal = nil
    #expect(fixture.add([p1], (1, 0)) == "NONE")
    fixture.run(.seconds(10))
    #expect(fixture.standing() == "PrepareAbort 1:1 [t-0, t-1]")
  }

  @Test func `All transactions that are open too long are aborted together`() {
    let fixture = TransactionFixture()
    for number in 1...5 {
      fixture.initialize("x\(number)")
      fixture.add([p0], (Int64(number), 0), to: "x\(number)")
    }
    fixture.commit((3, 0), of: "x3")
    fixture.run(.seconds(70))
    #expect(fixture.orders.map(\.transactionalID) == ["x3", "x1", "x2", "x4", "x5"])
  }

  // MARK: Ids that nobody uses

  @Test func `An id without a transaction is forgotten after a while, and starts again`() {
    let fixture = TransactionFixture { $0.transactionalIDExpiration = .seconds(7_200) }
    fixture.initialize("idle")
    fixture.initialize("done")
    fixture.transact((2, 0), of: "done")
    fixture.initialize("open", timeout: 900_000)
    fixture.add([p0], (3, 0), to: "open")
    fixture.commit((3, 0), of: "open")
    fixture.run(.seconds(7_199))
    #expect(fixture.shard.transactions.count == 3)
    fixture.run(.seconds(1))
    #expect(fixture.shard.transactions.keys == ["open"])
    #expect(fixture.committed.transactions.keys == ["open"])
    #expect(fixture.records.suffix(2).allSatisfy { $0.value == nil })
    #expect(fixture.initialize("idle") == "4:0")
    #expect(fixture.initialize("done", (2, 1)) == "5:0")
  }

  @Test func `An id that is used stays`() {
    let fixture = TransactionFixture { $0.transactionalIDExpiration = .seconds(7_200) }
    fixture.initialize()
    for _ in 0..<10 {
      fixture.run(.seconds(3_000))
      fixture.initialize()
    }
    #expect(fixture.standing() == "Empty 1:10")
  }

  @Test func `While the removal of an id is not committed, others wait`() {
    let fixture = TransactionFixture { $0.transactionalIDExpiration = .seconds(3_600) }
    fixture.initialize()
    fixture.holdsRecords = true
    fixture.run(.seconds(3_600))
    #expect(fixture.isWaiting)
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    fixture.commit()
    fixture.holdsRecords = false
    #expect(fixture.initialize() == "2:0")
  }

  @Test func `An id whose removal the log refuses stays, and is removed later`() {
    let fixture = TransactionFixture { $0.transactionalIDExpiration = .seconds(3_600) }
    fixture.initialize()
    fixture.refusal = .coordinatorNotAvailable
    fixture.run(.seconds(3_600))
    #expect(fixture.standing() == "Empty 1:0")
    fixture.refusal = nil
    #expect(fixture.add([p0], (1, 0)) == "NONE")
    #expect(fixture.abort((1, 0)) == "1:1")
    fixture.writeMarkers()
    fixture.run(.seconds(7_200))
    #expect(fixture.standing() == "unknown")
  }

  @Test func `Many ids are forgotten in several batches`() {
    let fixture = TransactionFixture { $0.transactionalIDExpiration = .seconds(3_600) }
    let long = String(repeating: "i", count: 4_000)
    for number in 0..<12 { fixture.initialize("\(long)\(number)") }
    var batches: [Int] = []
    fixture.now = .zero + .seconds(3_600)
    while let decision = fixture.shard.nextTimedDecision(at: fixture.time) {
      batches.append(decision.records.count)
      fixture.carryOut(decision)
    }
    #expect(batches == [5, 5, 2])
    #expect(fixture.shard.transactions.isEmpty)
  }
}
