import Primitives
import Testing
import Wire

@testable import Transactions

/// The last epochs of a producer id: 32766 is the last that a producer is given, and 32767 is for markers alone.
@Suite struct EpochExhaustionTests {
  private let last = Int16.max - 1

  @Test func `A new producer gets another producer id if no epoch is left`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last - 1))
    #expect(fixture.initialize() == "9:32766")
    #expect(fixture.initialize() == "10:0")
    #expect(fixture.metadata()?.previousProducerID == 9)
  }

  @Test func `A producer in the last epoch continues with another producer id, and gets the same one on a retry`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    #expect(fixture.initialize("x", (9, last)) == "10:0")
    #expect(fixture.initialize("x", (9, last)) == "10:0")
    #expect(fixture.initialize("x", (9, last - 1)) == "PRODUCER_FENCED")
    // Which a new producer puts an end to.
    #expect(fixture.initialize() == "10:1")
    #expect(fixture.initialize("x", (9, last)) == "PRODUCER_FENCED")
  }

  @Test func `A retry for the last epoch gets it, and a late request is fenced`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last - 1))
    #expect(fixture.initialize("x", (9, last - 1)) == "9:32766")
    #expect(fixture.initialize("x", (9, last - 1)) == "9:32766")
    #expect(fixture.initialize("x", (9, last - 2)) == "PRODUCER_FENCED")
  }

  @Test(arguments: [true, false])
  func `At level 2 the end in the last epoch returns the next producer id`(commits: Bool) {
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

  @Test func `A transaction that times out in the last epoch continues with another producer id`() {
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

  @Test func `Without a producer id it settles in the last epoch, in which no producer continues`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    fixture.run(.seconds(70))
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 9:32767")
    #expect(fixture.abort((9, last)) == "PRODUCER_FENCED")
    #expect(fixture.initialize() == "10:0")
  }

  @Test func `A new producer that finds an open transaction in the last epoch retries for another producer id`() {
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last))
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 10:0")
    #expect(fixture.initialize() == "10:1")
  }

  @Test func `The same holds below level 2`() {
    let fixture = TransactionFixture(level: 0)
    fixture.place(producer: (9, last))
    fixture.add([p0], (9, last), version: 3)
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.standing() == "PrepareAbort 9:32767 [t-0]")
    fixture.writeMarkers()
    #expect(fixture.initialize() == "10:0")
  }

  @Test func `An end that needs a producer id has to be retried if there is none`() throws {
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

  @Test func `The next coordinator knows the next producer id, and the previous one`() {
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

  @Test func `The next coordinator does not know a producer that requested another producer id and did not get it`() {
    // 4.3 has no place for the epoch before (KAFKA-20357).
    let fixture = TransactionFixture()
    fixture.place(producer: (9, last))
    #expect(fixture.initialize("x", (9, last)) == "10:0")
    fixture.failOver()
    #expect(fixture.initialize("x", (9, last)) == "PRODUCER_FENCED")
  }
}
