import Client
import Primitives
import Testing
import Wire

/// What is repeated, what calls for an abort, and what ends a producer.
@Suite struct TransactionErrorTests {
  let partition = TopicPartition("t", 0)

  @Test func `Retriable errors lead to a retry, at another coordinator if necessary`() throws {
    let fixture = TransactionFixture(version: 0)
    fixture.coordinator.errors = [
      .findCoordinator: [.coordinatorNotAvailable], .initProducerId: [.concurrentTransactions, .notCoordinator],
      .addPartitionsToTxn: [.concurrentTransactions, .coordinatorLoadInProgress, .notCoordinator], .endTxn: [.coordinatorNotAvailable, .concurrentTransactions],
    ]
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.commit() == nil)
    let words = ["init", "init", "init", "add t-0", "add t-0", "add t-0", "add t-0", "commit 7/0", "commit 7/0", "commit 7/0"]
    #expect(fixture.coordinator.asked == words)
    #expect(fixture.coordinator.told.count { $0 == "find x" } == 5)
  }

  @Test(arguments: [
    (ApiKey.addPartitionsToTxn, ErrorCode.invalidTxnState, TransactionFailure.Kind.fatal), (.addPartitionsToTxn, .invalidProducerIdMapping, .fatal),
    (.addPartitionsToTxn, .producerFenced, .fatal), (.addPartitionsToTxn, .topicAuthorizationFailed, .abortable),
    (.addPartitionsToTxn, .transactionAbortable, .abortable), (.addPartitionsToTxn, .unknownProducerId, .abortable),
    (.addOffsetsToTxn, .groupAuthorizationFailed, .abortable), (.addOffsetsToTxn, .invalidTxnState, .fatal), (.addOffsetsToTxn, .invalidProducerEpoch, .fatal),
    (.txnOffsetCommit, .illegalGeneration, .abortable), (.txnOffsetCommit, .unknownMemberId, .abortable), (.txnOffsetCommit, .fencedInstanceId, .abortable),
    (.txnOffsetCommit, .producerFenced, .fatal), (.txnOffsetCommit, .unsupportedForMessageFormat, .fatal),
    (.endTxn, .invalidTxnState, .fatal), (.endTxn, .invalidProducerEpoch, .fatal), (.endTxn, .transactionAbortable, .abortable), (.endTxn, .unknownServerError, .fatal),
  ])
  func `Errors are fatal or require an abort as in Kafka`(api: ApiKey, error: ErrorCode, kind: TransactionFailure.Kind) throws {
    let fixture = TransactionFixture(version: 0)
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.coordinator.errors[api] = [error]
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    let failure = fixture.sendOffset(5) ?? fixture.commit()
    #expect(failure?.kind == kind)
    #expect(failure?.outcome == (error == .unknownServerError ? .unknown : .notCommitted))
    let next = #expect(throws: TransactionFailure.self) { try fixture.producer.beginTransaction() }
    #expect(next?.kind == kind)
    if kind == .fatal {
      #expect(fixture.abort()?.kind == .fatal)
      return
    }
    #expect(fixture.abort() == nil)
    try fixture.producer.beginTransaction()
    fixture.send("b")
    #expect(fixture.commit() == nil)
  }

  @Test func `A failed record aborts the transaction, and the next one has another epoch`() throws {
    for (version, words) in [
      (2, ["init", "abort 7/0", "commit 7/1"]), (0, ["init", "add t-0", "abort 7/0", "init 7/0", "add t-0", "commit 7/1"]),
    ] as [(Int16, [String])] {
      let fixture = TransactionFixture(version: version)
      try fail(of: fixture)
      #expect(fixture.coordinator.asked == words)
      #expect(fixture.records.requests.last?.numbers == ["7/1 0...0"])
    }
  }

  @Test func `A client that does not raise its epoch continues with the earlier one, as others do`() throws {
    let fixture = TransactionFixture(version: 0) { $0.switches.epochBump = false }
    try fail(of: fixture)
    #expect(fixture.coordinator.asked == ["init", "add t-0", "abort 7/0", "add t-0", "commit 7/0"])
    #expect(fixture.records.requests.last?.numbers == ["7/0 0...0"])
  }

  /// A transaction with a record that a broker refuses, and another one after it.
  private func fail(of fixture: TransactionFixture) throws {
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.records.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.records.requests.count == 1 })
    fixture.records.requests[0].fail(.invalidTimestamp)
    #expect(fixture.world.run { !fixture.records.failed.isEmpty })
    let reason = TransactionFailure.Reason.recordsFailed(.refused(.invalidTimestamp, message: nil))
    #expect(fixture.commit() == TransactionFailure(.abortable, .notCommitted, reason))
    fixture.producer.send(topic: "t", partition: 0, value: "refused")
    #expect(fixture.records.failed.last?.failure == ProduceFailure(.transactionFailed, .notWritten))
    #expect(fixture.abort() == nil)
    fixture.records.answersByItself = true
    try fixture.producer.beginTransaction()
    fixture.send("b")
    #expect(fixture.commit() == nil)
  }

  @Test func `A record that was never in a batch aborts its transaction`() throws {
    let fixture = TransactionFixture { $0.maxRequestSize = 100 }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.producer.send(topic: "t", partition: 0, value: Bytes(repeatElement(0, count: 200)))
    let failure = try #require(fixture.commit())
    guard failure.kind == .abortable, case .recordsFailed(.recordTooLarge) = failure.reason else {
      Issue.record("\(failure)")
      return
    }
    #expect(fixture.abort() == nil)
    try fixture.producer.beginTransaction()
  }

  @Test func `A fenced producer sends nothing more`() throws {
    // The second record waits until the first is answered.
    let fixture = TransactionFixture { $0.maxInFlightRequestsPerConnection = 1 }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.records.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.records.requests.count == 1 })
    fixture.producer.send(topic: "t", partition: 0, value: "b", token: 2)
    fixture.records.requests[0].fail(.producerFenced)
    #expect(fixture.world.run { fixture.records.failed.count == 2 })
    #expect(fixture.commit()?.kind == .fatal)
    #expect(fixture.abort()?.kind == .fatal)
    fixture.world.run(for: .seconds(5))
    #expect(fixture.records.requests.count == 1)
  }

  @Test func `A commit that is not answered in time continues, and its outcome is unknown`() throws {
    let fixture = TransactionFixture {
      $0.connection.requestTimeout = .seconds(3)
      $0.maxBlock = .seconds(2)
    }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.send("a")
    fixture.coordinator.unanswered[.endTxn] = 1
    #expect(fixture.commit() == TransactionFailure(.retriable, .unknown, .timedOut))
    let early = #expect(throws: TransactionFailure.self) { try fixture.producer.beginTransaction() }
    #expect(early?.kind == .retriable)
    #expect(fixture.abort()?.kind == .retriable)
    #expect(fixture.commit() == nil)
    #expect(fixture.coordinator.asked == ["init", "commit 7/0", "commit 7/0"])
    try fixture.producer.beginTransaction()
  }

  @Test func `A refusal after a commit that was not answered leaves its outcome open`() throws {
    let fixture = TransactionFixture { $0.connection.requestTimeout = .seconds(3) }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.send("a")
    fixture.coordinator.unanswered[.endTxn] = 1
    fixture.coordinator.errors[.endTxn] = [.producerFenced]
    #expect(fixture.commit() == TransactionFailure(.fatal, .unknown, .refused(.producerFenced, to: .endTxn)))
  }

  @Test func `An end that was not answered can be left to InitProducerId`() throws {
    for commits in [true, false] {
      let fixture = TransactionFixture(version: 0) {
        $0.connection.requestTimeout = .seconds(1)
        $0.switches.reinitOnTimeout = true
      }
      fixture.initialize()
      try fixture.producer.beginTransaction()
      fixture.send("a")
      fixture.coordinator.unanswered[.endTxn] = 1
      if commits { #expect(fixture.commit() == TransactionFailure(.abortable, .unknown, .endUnanswered)) }
      #expect(fixture.abort() == nil)
      #expect(fixture.coordinator.asked == ["init", "add t-0", commits ? "commit 7/0" : "abort 7/0", "init 7/0"])
      try fixture.producer.beginTransaction()
      fixture.send("b")
      #expect(fixture.commit() == nil)
      #expect(fixture.coordinator.asked.last == "commit 7/1")
    }
  }

  /// An abort while the coordinator is being told of a partition, and does not answer.
  private func abortEarly(endTxnWaitsForAdd: Bool) throws -> TransactionFixture {
    let fixture = TransactionFixture(version: 0) {
      $0.connection.requestTimeout = .seconds(1)
      $0.switches.endTxnWaitsForAdd = endTxnWaitsForAdd
    }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.coordinator.unanswered[.addPartitionsToTxn] = 1
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.coordinator.asked.last == "add t-0" })
    #expect(fixture.abort() == nil)
    return fixture
  }

  @Test func `An abort waits until the coordinator knows the partitions`() throws {
    #expect(try abortEarly(endTxnWaitsForAdd: true).coordinator.asked == ["init", "add t-0", "add t-0", "abort 7/0"])
  }

  @Test func `An abort that does not wait overtakes the added partitions (librdkafka #4849)`() throws {
    let asked = try abortEarly(endTxnWaitsForAdd: false).coordinator.asked
    #expect(asked.prefix(3) == ["init", "add t-0", "abort 7/0"])
    #expect(asked.count { $0 == "add t-0" } == 1)
  }

  @Test func `A transaction with records of unknown fate is aborted, and the next one has another epoch`() throws {
    let fixture = TransactionFixture(version: 0) {
      $0.connection.requestTimeout = .seconds(1)
      $0.deliveryTimeout = .milliseconds(1_500)
    }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.records.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { !fixture.records.failed.isEmpty })
    fixture.world.run(for: .milliseconds(10))
    #expect(fixture.commit() == TransactionFailure(.abortable, .notCommitted, .unacknowledged))
    #expect(fixture.abort() == nil)
    fixture.records.answersByItself = true
    try fixture.producer.beginTransaction()
    fixture.send("b")
    #expect(fixture.commit() == nil)
    #expect(fixture.coordinator.asked.suffix(2) == ["add t-0", "commit 7/1"])
    #expect(fixture.records.requests.last?.numbers == ["7/1 0...0"])
  }

  /// N11. The only record of a transaction is written, and its commit is asked for. Then the process stands still until the record's time is over, and its answer is lost.
  private func standStill(keepsSequence: Bool) throws -> TransactionFixture {
    let fixture = TransactionFixture(version: 0) {
      $0.connection.requestTimeout = .seconds(1)
      $0.deliveryTimeout = .milliseconds(1_200)
      $0.switches.keepUncertainSequences = keepsSequence
    }
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.records.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.records.requests.count == 1 })
    fixture.records.acceptSilently(fixture.records.requests[0])
    var failure: TransactionFailure??
    fixture.producer.commitTransaction { failure = .some($0) }
    fixture.world.run(for: .milliseconds(10))
    fixture.world.standStill(for: .milliseconds(1_500))
    #expect(fixture.world.run { failure != nil })
    #expect(failure??.outcome == .notCommitted && fixture.abort() == nil)
    fixture.records.answersByItself = true
    try fixture.producer.beginTransaction()
    fixture.send("b")
    #expect(fixture.commit() == nil)
    return fixture
  }

  @Test func `What may be written gives its sequence to the next transaction, as in Kafka`() throws {
    let fixture = try standStill(keepsSequence: false)
    #expect(fixture.records.requests.flatMap(\.numbers) == ["7/0 0...0", "7/0 0...0"])
    #expect(fixture.coordinator.asked == ["init", "add t-0", "abort 7/0", "add t-0", "commit 7/0"])
  }

  @Test func `With the repair it keeps its sequence, and the next transaction has another epoch`() throws {
    let fixture = try standStill(keepsSequence: true)
    #expect(fixture.records.requests.flatMap(\.numbers) == ["7/0 0...0", "7/1 0...0"])
    #expect(fixture.coordinator.asked == ["init", "add t-0", "abort 7/0", "init 7/0", "add t-0", "commit 7/1"])
  }
}
