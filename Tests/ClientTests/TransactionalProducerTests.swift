import Client
import Primitives
import Testing
import Wire

/// Transactions that go well, end in an abort, or are given up, in both versions of the protocol.
@Suite struct TransactionalProducerTests {
  let partition = TopicPartition("t", 0)

  private func versions(of api: ApiKey, at fixture: TransactionFixture) -> [Int16] {
    fixture.records.brokers[0].received.filter { $0.api == api }.map(\.version)
  }

  @Test func `In version 2 writes add partitions, and each transaction has its own epoch`() throws {
    let fixture = TransactionFixture()
    fixture.initialize()
    for value in ["a", "b"] as [Bytes] {
      try fixture.producer.beginTransaction()
      fixture.producer.send(topic: "t", partition: 0, value: value)
      #expect(fixture.commit() == nil)
    }
    #expect(fixture.coordinator.asked == ["init", "commit 7/0", "commit 7/1"])
    #expect(fixture.records.requests.flatMap(\.numbers) == ["7/0 0...0", "7/1 0...0"])
    #expect(fixture.records.requests.allSatisfy { $0.request.transactionalId == "x" })
    #expect(fixture.records.requests.allSatisfy { call in call.partitions.allSatisfy { (try? RecordBatch($0.records))?.isTransactional ?? false } })
    #expect(fixture.records.log[partition] == ["a", "b"])
    #expect(versions(of: .produce, at: fixture) == [13, 13])
    #expect(versions(of: .endTxn, at: fixture) == [5, 5])
    #expect(versions(of: .initProducerId, at: fixture) == [5])
  }

  @Test func `In version 0 the coordinator learns of partitions before anything is written to them`() throws {
    let fixture = TransactionFixture(version: 0)
    fixture.initialize()
    for value in ["a", "b"] as [Bytes] {
      try fixture.producer.beginTransaction()
      fixture.producer.send(topic: "t", partition: 0, value: value)
      #expect(fixture.commit() == nil)
    }
    #expect(fixture.coordinator.asked == ["init", "add t-0", "commit 7/0", "add t-0", "commit 7/0"])
    #expect(fixture.records.requests.flatMap(\.numbers) == ["7/0 0...0", "7/0 1...1"])
    let apis = fixture.records.brokers[0].received.map(\.api).filter { [.addPartitionsToTxn, .produce, .endTxn].contains($0) }
    #expect(apis == [.addPartitionsToTxn, .produce, .endTxn, .addPartitionsToTxn, .produce, .endTxn])
    #expect(versions(of: .produce, at: fixture) == [11, 11])
    #expect(versions(of: .endTxn, at: fixture) == [4, 4])
    #expect(versions(of: .addPartitionsToTxn, at: fixture) == [3, 3])
  }

  @Test func `A client of version 0 also uses it with newer brokers`() throws {
    let fixture = TransactionFixture { $0.switches.transactionVersion = 0 }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.commit() == nil)
    #expect(fixture.coordinator.asked == ["init", "add t-0", "commit 7/0"])
    #expect(versions(of: .produce, at: fixture) == [11])
  }

  @Test func `An empty transaction ends without its coordinator`() throws {
    for version in [0, 2] as [Int16] {
      let fixture = TransactionFixture(version: version)
      fixture.initialize()
      try fixture.producer.beginTransaction()
      #expect(fixture.commit() == nil)
      try fixture.producer.beginTransaction()
      #expect(fixture.abort() == nil)
      #expect(fixture.coordinator.asked == ["init"])
    }
  }

  @Test func `A commit waits for what was sent, but not for the linger`() throws {
    let fixture = TransactionFixture { $0.linger = .seconds(100) }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    fixture.world.run(for: .seconds(1))
    #expect(fixture.records.requests.isEmpty)
    fixture.records.answersByItself = false
    var isCommitted = false
    fixture.producer.commitTransaction { isCommitted = $0 == nil }
    fixture.world.run(for: .seconds(1))
    #expect(fixture.records.requests.count == 1 && !isCommitted && fixture.coordinator.asked == ["init"])
    fixture.records.accept(fixture.records.requests[0])
    #expect(fixture.world.run { isCommitted })
  }

  @Test func `An abort drops unsent records`() throws {
    let fixture = TransactionFixture { $0.linger = .seconds(100) }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    fixture.world.run(for: .seconds(1))
    #expect(fixture.abort() == nil)
    #expect(fixture.records.failed.map(\.failure) == [ProduceFailure(.transactionAborted, .notWritten)])
    #expect(fixture.records.requests.isEmpty)
    #expect(fixture.coordinator.asked == ["init", "abort 7/0"])
    try fixture.producer.beginTransaction()
  }

  @Test func `An abort waits for the responses under way`() throws {
    let fixture = TransactionFixture()
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.records.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.records.requests.count == 1 })
    var isAborted = false
    fixture.producer.abortTransaction { isAborted = $0 == nil }
    fixture.world.run(for: .seconds(1))
    #expect(!isAborted && fixture.coordinator.asked == ["init"])
    fixture.records.accept(fixture.records.requests[0])
    #expect(fixture.world.run { isAborted })
    #expect(fixture.coordinator.asked == ["init", "abort 7/0"])
  }

  @Test func `Records outside of a transaction are refused`() {
    let fixture = TransactionFixture()
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    fixture.initialize()
    fixture.producer.send(topic: "t", partition: 0, value: "b")
    #expect(fixture.records.failed.map(\.failure) == [ProduceFailure(.noTransaction, .notWritten), ProduceFailure(.noTransaction, .notWritten)])
    let refusal = #expect(throws: TransactionFailure.self) { try ProducerFixture().producer.beginTransaction() }
    #expect(refusal?.kind == .fatal && refusal?.outcome == .notCommitted)
  }

  @Test func `Calls in the wrong state are refused, and change nothing`() throws {
    let fixture = TransactionFixture()
    let tooEarly = #expect(throws: TransactionFailure.self) { try fixture.producer.beginTransaction() }
    #expect(tooEarly?.kind == .fatal)
    fixture.initialize()
    #expect(fixture.commit()?.kind == .fatal)
    #expect(fixture.sendOffset(1)?.kind == .fatal)
    #expect(fixture.end { fixture.producer.initTransactions($0) }?.kind == .fatal)
    try fixture.producer.beginTransaction()
    let second = #expect(throws: TransactionFailure.self) { try fixture.producer.beginTransaction() }
    #expect(second?.kind == .fatal)
    fixture.send("a")
    #expect(fixture.commit() == nil)
  }

  @Test func `Offsets are sent with the transaction, for a member`() throws {
    let fixture = TransactionFixture()
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.coordinator.errors[.txnOffsetCommit] = [.notCoordinator, .coordinatorLoadInProgress]
    #expect(fixture.sendOffset(5) == nil)
    #expect(fixture.commit() == nil)
    let offsets = "offsets t-0=5 of g/3/m"
    #expect(fixture.coordinator.asked == ["init", offsets, offsets, offsets, "commit 7/0"])
    #expect(fixture.coordinator.told.count { $0 == "find group g" } == 2)
    #expect(versions(of: .txnOffsetCommit, at: fixture) == [5, 5, 5])
  }

  @Test func `In version 0 the transaction's coordinator learns of the group first`() throws {
    let fixture = TransactionFixture(version: 0)
    fixture.initialize()
    try fixture.producer.beginTransaction()
    #expect(fixture.sendOffset(5) == nil)
    #expect(fixture.commit() == nil)
    #expect(fixture.coordinator.asked == ["init", "add group g", "offsets t-0=5 of g/3/m", "commit 7/0"])
    #expect(versions(of: .txnOffsetCommit, at: fixture) == [4])
  }

  @Test func `Offsets without a member are those of old clients`() throws {
    let fixture = TransactionFixture { $0.switches.offsetsWithMember = false }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    #expect(fixture.sendOffset(5) == nil)
    #expect(fixture.coordinator.asked.last == "offsets t-0=5 of g/-1/")
  }

  @Test func `Closing a producer within a transaction aborts it`() throws {
    let fixture = TransactionFixture()
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.send("a")
    var isClosed = false
    fixture.producer.close { isClosed = true }
    #expect(fixture.world.run { isClosed })
    #expect(fixture.coordinator.asked == ["init", "abort 7/0"])
    #expect(throws: TransactionFailure(.fatal, .notCommitted, .closed)) { try fixture.producer.beginTransaction() }
  }

  @Test func `A prepared transaction is committed or aborted as decided`() throws {
    for (epoch, end) in [(0, "commit 7/0"), (5, "abort 7/0")] as [(Int16, String)] {
      let fixture = TransactionFixture { $0.isTwoPhaseCommit = true }
      // Brokers offer it where `unstable.api.versions.enable` is true.
      fixture.records.brokers[0].newestVersions[.initProducerId] = 6
      fixture.initialize()
      #expect(versions(of: .initProducerId, at: fixture) == [6])
      try fixture.producer.beginTransaction()
      fixture.send("a")
      var prepared: Result<PreparedTransaction, TransactionFailure>?
      fixture.producer.prepareTransaction { prepared = $0 }
      #expect(fixture.world.run { prepared != nil })
      #expect(try prepared?.get() == PreparedTransaction(producerID: 7, producerEpoch: 0))
      fixture.producer.send(topic: "t", partition: 0, value: "b")
      #expect(fixture.records.failed.map(\.failure.reason) == [.noTransaction])
      #expect(fixture.end { fixture.producer.completeTransaction(PreparedTransaction(producerID: 7, producerEpoch: epoch), $0) } == nil)
      #expect(fixture.coordinator.asked.last == end)
    }
  }
}
