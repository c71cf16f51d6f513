import Primitives
import Testing
import Wire

@testable import Transactions

@Suite struct AddPartitionsTests {
  @Test func `A transaction begins with its first partition, and has each once`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    #expect(fixture.add([u0], (1, 0)) == "NONE")
    let start = fixture.metadata()?.startTimestamp
    fixture.now += .seconds(1)
    #expect(fixture.add([p1, p0, u0], (1, 0)) == "NONE")
    #expect(fixture.standing() == "Ongoing 1:0 [t-0, t-1, u-0]")
    #expect(fixture.metadata()?.startTimestamp == start && fixture.metadata()?.clientVersion == 2)
    #expect(fixture.metadata()?.lastUpdateTimestamp == fixture.time.wallClock.milliseconds)
  }

  @Test func `Adding a partition again costs no record`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0, p1], (1, 0))
    let count = fixture.records.count
    #expect(fixture.add([p1], (1, 0)) == "NONE")
    #expect(fixture.records.count == count)
    #expect(fixture.add([p1, u0], (1, 0)) == "NONE")
    #expect(fixture.records.count == count + 1)
  }

  @Test func `A request of version 3 comes from a producer below level 2`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0), version: 3)
    #expect(fixture.metadata()?.clientVersion == 0)
  }

  @Test func `Another producer is refused`() {
    let fixture = TransactionFixture()
    #expect(fixture.add([p0], (1, 0), to: "") == "INVALID_REQUEST")
    #expect(fixture.add([p0], (1, 0)) == "INVALID_PRODUCER_ID_MAPPING")
    fixture.initialize()
    fixture.initialize()
    #expect(fixture.add([p0], (2, 1)) == "INVALID_PRODUCER_ID_MAPPING")
    #expect(fixture.add([p0], (1, 0)) == "PRODUCER_FENCED")
    #expect(fixture.add([p0], (1, 2), version: 2) == "PRODUCER_FENCED")
    #expect(fixture.add([p0], (1, 0), version: 1) == "INVALID_PRODUCER_EPOCH")
    #expect(fixture.standing() == "Empty 1:1")
  }

  @Test(arguments: [true, false])
  func `While the previous transaction is being completed, the next one waits`(commits: Bool) {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    #expect(fixture.end((1, 0), commits: commits) == "1:1")
    #expect(fixture.add([p0], (1, 1)) == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.add([p1], (1, 1)) == "CONCURRENT_TRANSACTIONS")
    // Who comes too late as well: it may be the next producer id that it names.
    #expect(fixture.add([p1], (5, 0)) == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    #expect(fixture.add([p1], (1, 1)) == "NONE")
    #expect(fixture.standing() == "Ongoing 1:1 [t-1]")
  }

  @Test func `While a partition is not committed, the producer has to retry`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.holdsRecords = true
    #expect(fixture.add([p0], (1, 0)) == "waits")
    #expect(fixture.add([p0], (1, 0)) == "CONCURRENT_TRANSACTIONS")
    fixture.commit()
    #expect(fixture.add([p0], (1, 0)) == "NONE")
  }

  @Test func `A leader learns which partitions are part of the transaction`() {
    let fixture = TransactionFixture()
    #expect(fixture.verify([p0], (1, 0)) == ["INVALID_PRODUCER_ID_MAPPING"])
    #expect(fixture.verify([p0], (1, 0), of: "") == ["INVALID_REQUEST"])
    fixture.initialize()
    #expect(fixture.verify([p0], (1, 0)) == ["TRANSACTION_ABORTABLE"])
    fixture.add([p0, u0], (1, 0))
    #expect(fixture.verify([u0, p1, p0], (1, 0)) == ["NONE", "TRANSACTION_ABORTABLE", "NONE"])
    #expect(fixture.verify([p0], (2, 0)) == ["INVALID_PRODUCER_ID_MAPPING"])
    #expect(fixture.verify([p0], (1, 1)) == ["PRODUCER_FENCED"])
    fixture.commit((1, 0), version: 4)
    #expect(fixture.verify([p0], (1, 0)) == ["CONCURRENT_TRANSACTIONS"])
    fixture.writeMarkers()
    #expect(fixture.verify([p0], (1, 0)) == ["TRANSACTION_ABORTABLE"])
  }

  @Test func `A partition that is decided but not committed cannot be written to`() throws {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.holdsRecords = true
    fixture.add([p0], (1, 0))
    #expect(fixture.verify([p0], (1, 0)) == ["CONCURRENT_TRANSACTIONS"])
    #expect(try fixture.committed.verifyPartitions([p0], transactionalID: "x", producerID: 1, producerEpoch: 0) == [.transactionAbortable])
    fixture.commit()
    #expect(try fixture.committed.verifyPartitions([p0], transactionalID: "x", producerID: 1, producerEpoch: 0) == [.none])
  }
}
