import Primitives
import Testing
import Wire

@testable import Transactions

/// Coordinators that come and go, and logs that take their time.
@Suite struct FailoverTests {
  @Test func `The next coordinator continues with open transactions`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.failOver()
    #expect(fixture.orders.isEmpty)
    #expect(fixture.add([p1], (1, 0)) == "NONE")
    #expect(fixture.commit((1, 0)) == "1:1")
    #expect(fixture.writeMarkers()?.partitions == [p0, p1])
  }

  @Test func `The next coordinator has the markers of decided transactions written, and so has the one after it`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.commit((1, 0))
    let order = fixture.orders
    for _ in 0..<2 {
      fixture.failOver()
      #expect(fixture.orders == order)
      #expect(fixture.add([p0], (1, 1)) == "CONCURRENT_TRANSACTIONS")
      #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    }
    fixture.writeMarkers()
    fixture.failOver()
    #expect(fixture.orders.isEmpty && fixture.standing() == "CompleteCommit 1:1")
    #expect(fixture.commit((1, 0)) == "1:1")
  }

  @Test func `A decision found in the log is reported when it is committed`() throws {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.commit((1, 0))
    fixture.failOver()
    var shard = TransactionShard(settings: fixture.settings, cluster: fixture.cluster)
    for record in fixture.records { try shard.replay(record, from: -1) }
    shard.loaded(at: fixture.time)
    #expect(shard.earliestDeadline <= fixture.now)
    let first = shard.nextTimedDecision(at: fixture.time)
    #expect(first?.records.isEmpty == true)
    let none = shard.nextTimedDecision(at: fixture.time)
    #expect(none?.records == nil)
    // It takes longer than anybody waits: wait again.
    first?.settled?(&shard, .coordinatorNotAvailable, fixture.time)
    var orders = shard.takeAnswers()
    #expect(orders.isEmpty)
    let second = shard.nextTimedDecision(at: fixture.time)
    second?.settled?(&shard, nil, fixture.time)
    orders = shard.takeAnswers()
    #expect(orders.count == 1)
  }

  @Test func `A decision lost with its coordinator has not happened`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.holdsRecords = true
    #expect(fixture.commit((1, 0)) == "waits")
    fixture.holdsRecords = false
    fixture.failOver(losingUncommitted: true)
    #expect(fixture.orders.isEmpty && fixture.standing() == "Ongoing 1:0 [t-0]")
    #expect(fixture.abort((1, 0)) == "1:1")
  }

  @Test func `A decision that is committed late is still followed by its markers`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.holdsRecords = true
    fixture.commit((1, 0))
    fixture.timeOutWaiting()
    // Nobody may decide a second time what the log already says.
    #expect(fixture.commit((1, 0)) == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.abort((1, 0)) == "CONCURRENT_TRANSACTIONS")
    fixture.run(.zero)
    #expect(fixture.orders.isEmpty)
    fixture.commit()
    #expect(fixture.orders.count == 1)
    fixture.holdsRecords = false
    fixture.writeMarkers()
    #expect(fixture.commit((1, 0)) == "1:1")
  }

  @Test func `Partitions that are committed late are part of the transaction`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.holdsRecords = true
    fixture.add([p0], (1, 0))
    fixture.timeOutWaiting()
    fixture.run(.zero)
    #expect(fixture.add([p0], (1, 0)) == "CONCURRENT_TRANSACTIONS")
    fixture.commit()
    #expect(fixture.add([p0], (1, 0)) == "NONE")
  }

  @Test func `Below level 2 a fence that the log refused still fences, in one epoch`() {
    let fixture = TransactionFixture(level: 1)
    fixture.initialize()
    fixture.add([p0], (1, 0), version: 3)
    fixture.refusal = .coordinatorNotAvailable
    for _ in 0..<3 {
      #expect(fixture.initialize() == "COORDINATOR_NOT_AVAILABLE")
      #expect(fixture.standing() == "Ongoing 1:1 [t-0]")
    }
    fixture.refusal = nil
    #expect(fixture.add([p1], (1, 0), version: 3) == "PRODUCER_FENCED")
    #expect(fixture.commit((1, 0), version: 4) == "PRODUCER_FENCED")
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.standing() == "PrepareAbort 1:1 [t-0]")
    fixture.writeMarkers()
    #expect(fixture.initialize() == "1:2")
  }

  @Test func `At level 2 a fence that the log refused fences no producer`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.refusal = .coordinatorNotAvailable
    for _ in 0..<3 { #expect(fixture.initialize() == "COORDINATOR_NOT_AVAILABLE") }
    fixture.refusal = nil
    #expect(fixture.standing() == "Ongoing 1:0 [t-0]")
    #expect(fixture.commit((1, 0)) == "1:1")
  }
}
