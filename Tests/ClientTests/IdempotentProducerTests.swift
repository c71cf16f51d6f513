import MarkExpectations
import Primitives
import Testing
import Wire

@testable import Client

/// Numbers of batches, and epochs.
@Suite struct IdempotentProducerTests {
  let partition = TopicPartition("t", 0)

  private func fixture(_ configure: (inout ProducerConfiguration) -> Void = { _ in }) -> (ProducerFixture, ScriptedTransactions) {
    let fixture = ProducerFixture(leaders: [1, 1]) {
      $0.isIdempotent = true
      $0.linger = .zero
      configure(&$0)
    }
    return (fixture, ScriptedTransactions(at: fixture.brokers[0], servedBy: fixture.brokers))
  }

  /// Has one record acknowledged, then sends `a` and `b` in requests of their own, which are not answered.
  private func sendTwo(_ fixture: ProducerFixture) {
    fixture.producer.send(topic: "t", partition: 0, value: "warm up")
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 1 })
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    fixture.world.run(for: .microseconds(10))
    fixture.producer.send(topic: "t", partition: 0, value: "b", token: 2)
    fixture.world.run(for: .milliseconds(10))
    #expect(fixture.requests.count == 3)
  }

  @Test func `Each partition has its own sequence, and nothing is sent without a producer id`() {
    let (fixture, coordinator) = fixture()
    for (number, value) in [(0, "a"), (0, "b"), (1, "c")] as [(Int32, Bytes)] {
      fixture.producer.send(topic: "t", partition: number, value: value)
      #expect(fixture.world.run { fixture.producer.incompleteRecordCount == 0 })
    }
    #expect(coordinator.told == ["init"])
    #expect(fixture.requests.flatMap(\.numbers) == ["7/0 0...0", "7/0 1...1", "7/0 0...0"])
  }

  @Test func `A producer that is not idempotent requests no id and has no sequence numbers`() {
    let fixture = ProducerFixture { $0.linger = .zero }
    let coordinator = ScriptedTransactions(at: fixture.brokers[0], servedBy: fixture.brokers)
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 1 })
    #expect(coordinator.told == [])
    #expect(fixture.requests.flatMap(\.numbers) == ["-1/-1 -1...-1"])
  }

  @Test func `A producer id that is not available yet is requested again`() {
    let (fixture, coordinator) = fixture()
    coordinator.errors[.initProducerId] = [.coordinatorLoadInProgress, .notController]
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 1 })
    #expect(coordinator.told == ["init", "init", "init"])
  }

  @Test func `Batches keep their order and their numbers through retries, one at a time`() {
    let (fixture, _) = fixture()
    sendTwo(fixture)
    fixture.requests[1].fail(.notEnoughReplicas)
    fixture.requests[2].fail(.outOfOrderSequenceNumber)
    fixture.world.run(for: .seconds(2))
    #expect(fixture.requests.count == 4)
    fixture.answersByItself = true
    fixture.accept(fixture.requests[3])
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 3 })
    #expect(fixture.log[partition] == ["warm up", "a", "b"])
    #expect(fixture.requests.flatMap(\.numbers) == ["7/0 0...0", "7/0 1...1", "7/0 2...2", "7/0 1...1", "7/0 2...2"])
  }

  @Test func `No new batch overtakes one that has to be sent again`() {
    let (fixture, _) = fixture()
    sendTwo(fixture)
    fixture.requests[1].fail(.notEnoughReplicas)
    fixture.requests[2].fail(.outOfOrderSequenceNumber)
    fixture.world.run(for: .milliseconds(10))
    fixture.producer.send(topic: "t", partition: 0, value: "c", token: 3)
    fixture.answersByItself = true
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 4 })
    #expect(fixture.log[partition] == ["warm up", "a", "b", "c"])
  }

  @Test func `A duplicate that the leader does not remember counts as acknowledged, at an unknown offset`() {
    let (fixture, _) = fixture()
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    #expect(fixture.world.run { fixture.requests.count == 1 })
    fixture.requests[0].fail(.duplicateSequenceNumber)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [1] })
    #expect(fixture.acknowledged.map(\.baseOffset) == [.unknown])
  }

  @Test func `After a gap that the client cannot explain, it takes the next epoch`() {
    let (fixture, _) = fixture()
    sendTwo(fixture)
    fixture.answersByItself = true
    fixture.requests[1].fail(.outOfOrderSequenceNumber)
    fixture.requests[2].fail(.outOfOrderSequenceNumber)
    expectMark(.idempotentEpochRaised) { #expect(fixture.world.run { fixture.acknowledgedTokens.count == 3 }) }
    #expect(fixture.requests.flatMap(\.numbers).dropFirst(3) == ["7/1 0...0", "7/1 1...1"])
    #expect(fixture.log[partition] == ["warm up", "a", "b"])
  }

  @Test func `The other partitions keep the earlier epoch until their requests in flight have ended`() {
    let (fixture, _) = fixture()
    sendTwo(fixture)
    fixture.producer.send(topic: "t", partition: 1, value: "c", token: 3)
    fixture.world.run(for: .milliseconds(10))
    #expect(fixture.requests.count == 4)
    fixture.requests[1].fail(.outOfOrderSequenceNumber)
    fixture.requests[2].fail(.outOfOrderSequenceNumber)
    fixture.world.run(for: .milliseconds(10))
    fixture.producer.send(topic: "t", partition: 1, value: "d", token: 4)
    fixture.world.run(for: .milliseconds(10))
    #expect(fixture.requests.count == 4)
    fixture.answersByItself = true
    fixture.accept(fixture.requests[3])
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 5 })
    #expect(fixture.requests.filter { $0.partitions[0].partition.partition == 1 }.flatMap(\.numbers) == ["7/0 0...0", "7/1 0...0"])
  }

  @Test func `A lost producer state is distinguished from deleted records, and both lead to the next epoch`() {
    for startOffset in [0, 1] as [Int64] {
      let (fixture, _) = fixture()
      sendTwo(fixture)
      fixture.answersByItself = true
      for call in fixture.requests[1...2] { call.fail(.unknownProducerId, logStartOffset: startOffset) }
      #expect(fixture.world.run { fixture.acknowledgedTokens.count == 3 })
      #expect(fixture.requests.flatMap(\.numbers).dropFirst(3) == ["7/1 0...0", "7/1 1...1"])
    }
  }

  @Test func `A timed-out batch of unknown fate holds back the next one, which gets another epoch`() {
    let (fixture, _) = fixture {
      $0.connection.requestTimeout = .seconds(1)
      $0.deliveryTimeout = .milliseconds(1_500)
    }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "a", token: 1)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.deliveryTimedOut, .unknown)])
    #expect(fixture.requests.flatMap(\.numbers) == ["7/0 0...0", "7/0 0...0"])
    fixture.answersByItself = true
    fixture.producer.send(topic: "t", partition: 0, value: "b", token: 2)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [2] })
    #expect(Set(fixture.requests.flatMap(\.numbers).dropFirst(2)) == ["7/1 0...0"])
  }

  @Test func `The parts of a batch that is too large have the sequence numbers of the whole`() {
    let (fixture, _) = fixture { $0.linger = .milliseconds(5) }
    fixture.answersByItself = false
    for token in 1...2 as ClosedRange<UInt64> { fixture.producer.send(topic: "t", partition: 0, value: "a", token: token) }
    #expect(fixture.world.run { fixture.requests.count == 1 })
    fixture.answersByItself = true
    fixture.requests[0].fail(.messageTooLarge)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [1, 2] })
    #expect(fixture.requests.flatMap(\.numbers) == ["7/0 0...1", "7/0 0...0", "7/0 1...1"])
  }

  @Test func `Sequence numbers restart after the largest`() {
    #expect(SequenceNumber.advanced(.max, by: 1) == 0)
    #expect(SequenceNumber.advanced(.max - 1, by: 3) == 1)
    #expect(SequenceNumber.advanced(0, by: -1) == .max)
    #expect(SequenceNumber.isAfter(0, .max) && !SequenceNumber.isAfter(.max, 0))
    #expect(SequenceNumber.isAfter(5, 4) && !SequenceNumber.isAfter(4, 5) && !SequenceNumber.isAfter(4, 4))
  }

  @Test func `After the largest epoch comes another producer id`() throws {
    let (fixture, coordinator) = fixture()
    sendTwo(fixture)
    try #require(fixture.producer.transactions).take(ProducerIdentity(id: 7, epoch: .max))
    fixture.answersByItself = true
    for call in fixture.requests[1...2] { call.fail(.outOfOrderSequenceNumber) }
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 3 })
    #expect(coordinator.told == ["init", "init"])
    #expect(fixture.requests.flatMap(\.numbers).dropFirst(3) == ["7/1 0...0", "7/1 1...1"])
  }

  // MARK: Switches

  /// `a` hangs at its leader, which has it in its log, while the next leader acknowledges six others; then it is sent to that one, which does not remember it.
  private func overtake(isFirst: Bool = false, inNextEpoch: Bool = false, tellsWritten: Bool = true) throws -> ProducerFixture {
    let fixture = ProducerFixture(leaders: [1, 2], brokers: 2) {
      $0.isIdempotent = true
      $0.linger = .zero
      $0.connection.requestTimeout = .seconds(5)
      $0.deliveryTimeout = .seconds(8)
      $0.switches.laterBatchTellsWritten = tellsWritten
    }
    _ = ScriptedTransactions(at: fixture.brokers[0], servedBy: fixture.brokers)
    // The other broker is connected, to be asked who leads.
    fixture.producer.send(topic: "t", partition: 1, value: "warm up", token: 8)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [8] })
    if !isFirst {
      fixture.producer.send(topic: "t", partition: 0, value: "warm up", token: 9)
      #expect(fixture.world.run { fixture.acknowledgedTokens == [8, 9] })
    }
    if inNextEpoch { try #require(fixture.producer.transactions).take(ProducerIdentity(id: 7, epoch: 1)) }
    fixture.answersByItself = false
    let sent = fixture.requests.count
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { fixture.requests.count == sent + 1 })
    fixture.acceptSilently(fixture.requests[sent])
    fixture.cluster.moveLeader(0, to: 2)
    fixture.producer.cluster.requestUpdate()
    fixture.world.run(for: .seconds(1))
    fixture.answersByItself = true
    for token in 1...6 as ClosedRange<UInt64> {
      fixture.producer.send(topic: "t", partition: 0, value: "b", token: token)
      #expect(fixture.world.run { fixture.acknowledgedTokens.last == token })
    }
    fixture.answersByItself = false
    let overtaken = fixture.requests.count
    while fixture.producer.incompleteRecordCount > 0 {
      let answered = fixture.requests.count
      #expect(fixture.world.run(upTo: .seconds(8)) { fixture.requests.count > answered || fixture.producer.incompleteRecordCount == 0 })
      if fixture.requests.count > answered { fixture.requests[answered].fail(.outOfOrderSequenceNumber) }
      fixture.world.run(for: .milliseconds(1))
    }
    #expect(Set(fixture.requests[overtaken...].flatMap(\.numbers)) == [inNextEpoch ? "7/1 0...0" : isFirst ? "7/0 0...0" : "7/0 1...1"])
    return fixture
  }

  @Test(arguments: [false, true]) func `A batch that is out of order after a later one is written, even if it starts an epoch`(inNextEpoch: Bool) throws {
    let fixture = try overtake(inNextEpoch: inNextEpoch)
    #expect(fixture.acknowledgedTokens == [8, 9, 1, 2, 3, 4, 5, 6, 0])
    #expect(fixture.acknowledged.last?.baseOffset == .unknown)
    #expect(fixture.requests.count == 10, "it was sent again once")
  }

  @Test func `A log that may not know the producer accepts a later batch, but not the first`() throws {
    let fixture = try overtake(isFirst: true)
    #expect(fixture.acknowledgedTokens == [8, 1, 2, 3, 4, 5, 6])
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.deliveryTimedOut, .unknown)])
  }

  @Test func `A batch that stays out of order is sent again until its time is over, as in Kafka`() throws {
    let fixture = try overtake(tellsWritten: false)
    #expect(fixture.acknowledgedTokens == [8, 9, 1, 2, 3, 4, 5, 6])
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.deliveryTimedOut, .unknown)])
    #expect(fixture.requests.count > 10)
  }

  /// `a` is refused, and the answer about `b`, which is written, is lost.
  private func loseAnswer(_ fixture: ProducerFixture) {
    sendTwo(fixture)
    fixture.requests[1].fail(.unknownServerError)
    fixture.world.run(for: .milliseconds(5))
    fixture.acceptSilently(fixture.requests[2])
    fixture.answersByItself = true
    fixture.brokers[0].stop()
    fixture.brokers[0].isListening = true
    #expect(fixture.world.run { fixture.producer.incompleteRecordCount == 0 })
  }

  @Test func `A batch that may be written already is written again under a new number, as in Kafka (KAFKA-14034)`() {
    let (fixture, _) = fixture()
    loseAnswer(fixture)
    #expect(fixture.log[partition] == ["warm up", "b", "b"])
    #expect(fixture.acknowledgedTokens == [0, 2])
  }

  @Test func `Without renumbering, a batch that may be written already keeps its number and fails`() {
    let (fixture, _) = fixture { $0.switches.renumberStored = false }
    loseAnswer(fixture)
    #expect(fixture.log[partition] == ["warm up", "b"])
    #expect(fixture.failed.map(\.failure.outcome) == [.unknown, .unknown])
    fixture.producer.send(topic: "t", partition: 0, value: "c", token: 3)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [0, 3] })
    #expect(fixture.requests.last?.numbers == ["7/1 0...0"])
  }

  @Test func `A lost leadership counts as not written if errors are taken as definite`() {
    for (isDefinite, outcome) in [(false, ProduceFailure.Outcome.unknown), (true, .notWritten)] {
      let fixture = ProducerFixture {
        $0.retries = 0
        $0.switches.errorsAreDefinite = isDefinite
      }
      fixture.answersByItself = false
      fixture.producer.send(topic: "t", partition: 0, value: "a")
      #expect(fixture.world.run { fixture.requests.count == 1 })
      fixture.requests[0].fail(.notLeaderOrFollower)
      #expect(fixture.world.run { !fixture.failed.isEmpty })
      #expect(fixture.failed.map(\.failure.outcome) == [outcome])
    }
  }

  /// A batch times out in a request that its connection does not take, and another one of topic `u` follows it.
  private func reuseMemory(freeOnCompleteOnly: Bool) -> ProducerFixture {
    let fixture = ProducerFixture(brokers: 2) {
      $0.linger = .zero
      $0.connection.requestTimeout = .seconds(1)
      $0.deliveryTimeout = .seconds(1)
      $0.switches.freeOnCompleteOnly = freeOnCompleteOnly
    }
    fixture.cluster.addTopic("u", leaders: [2])
    for topic in ["t", "u"] {
      fixture.producer.send(topic: topic, partition: 0, value: "warm up")
      #expect(fixture.world.run { fixture.producer.incompleteRecordCount == 0 })
    }
    fixture.brokers[0].isSocketFull = true
    fixture.producer.send(topic: "t", partition: 0, value: "a")
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    fixture.producer.send(topic: "u", partition: 0, value: "b")
    #expect(fixture.world.run { fixture.producer.incompleteRecordCount == 0 })
    fixture.brokers[0].isSocketFull = false
    fixture.world.run(for: .seconds(2))
    #expect(fixture.producer.availableMemory == fixture.producer.configuration.bufferMemory)
    return fixture
  }

  @Test func `Memory that is reused too early sends another topic's records (KAFKA-19012)`() {
    let fixture = reuseMemory(freeOnCompleteOnly: false)
    #expect(fixture.log[partition] == ["warm up", "b"])
    #expect(fixture.log[TopicPartition("u", 0)] == ["warm up", "b"])
  }

  @Test func `Memory is reused when its request has ended`() {
    let fixture = reuseMemory(freeOnCompleteOnly: true)
    #expect(fixture.log[partition] == ["warm up"])
    #expect(fixture.log[TopicPartition("u", 0)] == ["warm up", "b"])
  }
}
