import Primitives
import Testing
import Wire

@testable import Transactions

@Suite struct InitProducerIdTests {
  @Test(arguments: [Int16(0), 1, 2])
  func `A new id starts in epoch 0, and each later producer is one epoch further`(level: Int16) {
    let fixture = TransactionFixture(level: level)
    #expect(fixture.initialize() == "1:0")
    #expect(fixture.initialize() == "1:1")
    #expect(fixture.initialize("y") == "2:0")
    #expect(fixture.standing() == "Empty 1:1")
    #expect(fixture.metadata()?.timeout == 60_000)
  }

  @Test func `Invalid requests are refused`() {
    let fixture = TransactionFixture { $0.maxTimeout = .seconds(900) }
    #expect(fixture.initialize("") == "INVALID_REQUEST")
    #expect(fixture.initialize(timeout: 0) == "INVALID_TRANSACTION_TIMEOUT")
    #expect(fixture.initialize(timeout: -5) == "INVALID_TRANSACTION_TIMEOUT")
    #expect(fixture.initialize(timeout: 900_001) == "INVALID_TRANSACTION_TIMEOUT")
    #expect(fixture.initialize(timeout: 900_000) == "1:0")
    #expect(fixture.initialize { $0.producerId = 1 } == "INVALID_REQUEST")
    #expect(fixture.initialize { $0.producerEpoch = 1 } == "INVALID_REQUEST")
    #expect(fixture.initialize { $0.keepPreparedTxn = true } == "UNSUPPORTED_VERSION")
    #expect(fixture.initialize { $0.enable2Pc = true } == "TRANSACTIONAL_ID_AUTHORIZATION_FAILED")
  }

  @Test func `No producer id is requested if none will be needed`() {
    let fixture = TransactionFixture()
    var request = InitProducerIdRequest()
    request.transactionalId = "x"
    request.transactionTimeoutMs = 0
    #expect(!fixture.shard.needsProducerID(for: request))
    request.transactionTimeoutMs = 60_000
    #expect(fixture.shard.needsProducerID(for: request))
    fixture.initialize()
    #expect(!fixture.shard.needsProducerID(for: request))
    fixture.place("y", producer: (9, .max - 1))
    request.transactionalId = "y"
    #expect(fixture.shard.needsProducerID(for: request))
    request.producerId = 9
    request.producerEpoch = .max - 2
    #expect(!fixture.shard.needsProducerID(for: request))
  }

  @Test func `A new id without a producer id waits for one, unless the broker has one`() {
    let fixture = TransactionFixture()
    var request = InitProducerIdRequest()
    request.transactionalId = "x"
    request.transactionTimeoutMs = 60_000
    expectRefusal(.coordinatorLoadInProgress) {
      try fixture.shard.initProducerID(request, version: 6, newProducerID: nil, at: fixture.time)
    }
    fixture.cluster.producerIDs = [77]
    let decision = try? fixture.shard.initProducerID(request, version: 6, newProducerID: nil, at: fixture.time)
    #expect(decision?.response.producerId == 77)
  }

  @Test func `A producer continues in the next epoch, and gets the same one on a retry`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    #expect(fixture.initialize("x", (1, 0)) == "1:1")
    #expect(fixture.initialize("x", (1, 0)) == "1:1")
    #expect(fixture.initialize("x", (1, 1)) == "1:2")
    #expect(fixture.initialize("x", (1, 0)) == "PRODUCER_FENCED")
    #expect(fixture.initialize("x", (8, 2)) == "PRODUCER_FENCED")
  }

  @Test func `A new producer ends the possibility to retry`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    #expect(fixture.initialize("x", (1, 0)) == "1:1")
    #expect(fixture.initialize() == "1:2")
    #expect(fixture.initialize("x", (1, 0)) == "PRODUCER_FENCED")
    #expect(fixture.initialize("x", (1, 1), version: 3) == "INVALID_PRODUCER_EPOCH")
  }

  @Test func `A producer whose id was forgotten starts again`() {
    let fixture = TransactionFixture()
    #expect(fixture.initialize("x", (500, 30)) == "1:0")
  }

  @Test(arguments: [(Int16(0), "PrepareAbort 1:1 [t-0]", "1:2"), (2, "PrepareAbort 1:1 [t-0]", "1:2")])
  func `An open transaction is aborted in an epoch that no producer gets, and the request is retried`(level: Int16, prepared: String, next: String) {
    let fixture = TransactionFixture(level: level)
    fixture.initialize()
    fixture.add([p0], (1, 0), version: level == 2 ? 5 : 3)
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.standing() == prepared)
    let order = MarkerOrder(
      transactionalID: "x", producerID: 1, producerEpoch: 1, isCommit: false, partitions: [p0], transactionVersion: level)
    #expect(fixture.orders == [order])
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    fixture.writeMarkers()
    #expect(fixture.standing() == "CompleteAbort 1:1")
    #expect(fixture.initialize() == next)
    #expect(fixture.add([p0], (1, 0)) == "PRODUCER_FENCED")
  }

  @Test func `The error about an open transaction comes when the abort is committed`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.add([p0], (1, 0))
    fixture.holdsRecords = true
    #expect(fixture.initialize() == "waits")
    #expect(fixture.orders.isEmpty)
    fixture.commit()
    #expect(fixture.heldAnswer == "CONCURRENT_TRANSACTIONS" && fixture.orders.count == 1)
  }

  @Test func `While the response is not committed, others have to retry`() {
    let fixture = TransactionFixture()
    fixture.initialize()
    fixture.holdsRecords = true
    #expect(fixture.initialize() == "waits")
    #expect(fixture.initialize() == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.add([p0], (1, 0)) == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.commit((1, 0)) == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.commit((1, 0), version: 4) == "CONCURRENT_TRANSACTIONS")
    #expect(fixture.verify([p0], (1, 0)) == ["CONCURRENT_TRANSACTIONS"])
    fixture.commit()
    #expect(fixture.heldAnswer == "1:1")
    #expect(fixture.standing() == "Empty 1:1")
    fixture.holdsRecords = false
    #expect(fixture.add([p0], (1, 0)) == "PRODUCER_FENCED")
  }

  @Test func `If the log refuses, nothing has changed`() {
    let fixture = TransactionFixture()
    fixture.refusal = .coordinatorNotAvailable
    #expect(fixture.initialize() == "COORDINATOR_NOT_AVAILABLE")
    #expect(fixture.standing() == "unknown")
    fixture.refusal = nil
    #expect(fixture.initialize() == "2:0")
  }
}
