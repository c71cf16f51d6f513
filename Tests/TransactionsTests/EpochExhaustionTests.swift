import Primitives
import Testing
import Wire

@testable import Transactions

/// The last epochs of a producer id: 32766 is the last that a producer is given, and 32767 is for markers alone.
@Suite struct EpochExhaustionTests {
  private let last = Int16.max - 1

  @Test func `a new producer gets another producer id where there is no epoch left`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last - 1))
    #expect(fixture.initialize() == "9:32766")
    #expect(fixture.initialize() == "10:0")
    #expect(fixture.metadata()?.previousProducerID == 9)
  }

  @Test func `a producer in the last epoch goes on with another producer id, and asks again for the same one`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    #expect(fixture.initialize("x", (9, last)) == "10:0")
    #expect(fixture.initialize("x", (9, last)) == "10:0")
    #expect(fixture.initialize("x", (9, last - 1)) == "PRODUCER_FENCED")
    // Which a new producer puts an end to.
    #expect(fixture.initialize() == "10:1")
    #expect(fixture.initialize("x", (9, last)) == "PRODUCER_FENCED")
  }

  @Test func `who asks again for the last epoch gets it, and who is late is fenced`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last - 1))
    #expect(fixture.initialize("x", (9, last - 1)) == "9:32766")
    #expect(fixture.initialize("x", (9, last - 1)) == "9:32766")
    #expect(fixture.initialize("x", (9, last - 2)) == "PRODUCER_FENCED")
  }

  @Test(arguments: [true, false])
  func `at level 2 the end in the last epoch tells the producer its next producer id`(commits: Bool) {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    #expect(fixture.end((9, last), commits: commits) == "10:0")
    #expect(fixture.orders.first?.producerID == 9 && fixture.orders.first?.producerEpoch == .max)
    // The producer may begin with it before the markers are written.
    #expect(fixture.add([p0], (10, 0)) == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.end((9, last), commits: commits) == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    #expect(fixture.standing() == (commits ? "CompleteCommit 10:0" : "CompleteAbort 10:0"))
    #expect(fixture.end((9, last), commits: commits) == "10:0")
    #expect(fixture.add([p0], (10, 0)) == "NONE")
    #expect(fixture.end((9, last), commits: commits) == "INVALID_PRODUCER_ID_MAPPING")
    #expect(fixture.end((10, 0), commits: commits) == "10:1")
  }

  @Test func `a transaction that times out in the last epoch goes on with another producer id`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    fixture.cluster.producerIDs = [20]
    fixture.run(.seconds(70))
    #expect(fixture.standing() == "PrepareAbort 9:32767 [t-0]")
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 20:0")
    #expect(fixture.commit((9, last)) == "PRODUCER_FENCED")
    #expect(fixture.abort((9, last)) == "20:0")
    #expect(fixture.initialize("x", (9, last)) == "20:0")
  }

  @Test func `without a producer id it comes to rest in the last epoch, in which nobody goes on`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    fixture.run(.seconds(70))
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 9:32767")
    #expect(fixture.abort((9, last)) == "PRODUCER_FENCED")
    #expect(fixture.initialize() == "10:0")
  }

  @Test func `a new producer that finds a transaction open in the last epoch comes again for another producer id`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 10:0")
    #expect(fixture.initialize() == "10:1")
  }

  @Test func `below level 2 as well`() {
    let fixture = TransactionFixture(level: 0)
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last), version: 3)
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.standing() == "PrepareAbort 9:32767 [t-0]")
    fixture.writeMarkers()
    #expect(fixture.initialize() == "10:0")
  }

  @Test func `an end without a producer id where it needs one comes again`() throws {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    var request = EndTxnRequest()
    request.transactionalId = "x"
    request.producerId = 9
    request.producerEpoch = last
    #expect(fixture.shard.needsProducerID(for: request, version: 5) && !fixture.shard.needsProducerID(for: request, version: 4))
    expectRefusal(.coordinatorLoadInProgress) { try fixture.shard.endTransaction(request, version: 5, newProducerID: nil, at: fixture.time) }
    #expect(fixture.standing() == "Ongoing 9:32766 [t-0]")
  }

  @Test func `the next coordinator knows the producer id that comes next, and the one before`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    #expect(fixture.commit((9, last)) == "10:0")
    fixture.failOver()
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteCommit 10:0")
    fixture.failOver()
    #expect(fixture.commit((9, last)) == "10:0")
  }

  @Test func `the next coordinator does not know a producer that asked for another producer id and did not hear of it`() {
    // 4.3 has no place for the epoch before (KAFKA-20357).
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    #expect(fixture.initialize("x", (9, last)) == "10:0")
    fixture.failOver()
    #expect(fixture.initialize("x", (9, last)) == "PRODUCER_FENCED")
  }
}
