import Host
import Primitives
import Testing
import Wire

@testable import Client
@testable import Workloads

/// What must hold of clients between two events. Each is broken on purpose by a change of the state that no call would make.
@Suite struct ClientInvariantTests {
  private func broken(_ consumer: Consumer) -> [String] {
    var check = InvariantCheck()
    consumer.checkInvariants(&check)
    #expect(check.examined > 0)
    return check.broken
  }

  private func broken(_ producer: Producer) -> [String] {
    var check = InvariantCheck()
    producer.checkInvariants(&check)
    #expect(check.examined > 0)
    return check.broken
  }

  private func consumer() throws -> ConsumerFixture {
    let fixture = ConsumerFixture(leaders: [1, 1])
    fixture.logs[0]?.append(["a", "b"])
    fixture.consumer.assign([TopicPartition("t", 0), TopicPartition("t", 1)])
    #expect(broken(fixture.consumer) == [])
    #expect(try fixture.poll() == ["0:0=a", "0:1=b"])
    #expect(try fixture.poll(timeout: .seconds(1)) == [])
    #expect(broken(fixture.consumer) == [])
    return fixture
  }

  @Test func `A partition that should be checked and was forgotten is reported`() throws {
    let fixture = try consumer()
    fixture.consumer.assignedPartitions[0].isPaused = true
    let awake = fixture.consumer.assignedPartitions.count(where: { !$0.isResting })
    #expect(awake > 0)
    #expect(broken(fixture.consumer) == [])
    fixture.consumer.restless = RestlessList()
    #expect(broken(fixture.consumer) == ["consumer: 0 partitions are in the restless list, but \(awake) do not rest"])
  }

  @Test func `A session with too many resting partitions is reported`() throws {
    let fixture = try consumer()
    let source = try #require(fixture.consumer.sources.first)
    source.restingPartitions += 1
    let counted = source.restingPartitions
    #expect(broken(fixture.consumer) == ["consumer: \(counted) partitions count as resting in the session with broker 1, and \(counted - 1) rest"])
  }

  @Test func `A partition with an unvalidated position and no timer is reported`() throws {
    let fixture = try consumer()
    let assigned = fixture.consumer.assignedPartitions[0]
    assigned.phase = .stopped
    #expect(broken(fixture.consumer) == [])
    assigned.isUnsettled = false
    #expect(broken(fixture.consumer) == ["consumer: t-0 has no checked position, and nobody looks after that"])
  }

  @Test func `Memory and records that a producer miscounts are reported`() {
    let fixture = ProducerFixture()
    let producer = fixture.producer
    producer.send(topic: "t", partition: 0, value: Bytes("a"))
    #expect(broken(producer) == [], "it waits for metadata")
    #expect(fixture.world.run { fixture.acknowledged.count == 1 })
    #expect(broken(producer) == [])
    producer.availableMemory += 1
    #expect(broken(producer) == ["producer: \(producer.configuration.bufferMemory + 1) bytes are left of the \(producer.configuration.bufferMemory) that it may hold"])
    producer.availableMemory -= 1
    producer.incompleteRecordCount = 3
    producer.blockedRecordCount = 2
    producer.blockTimer = producer.reactor.after(.seconds(1)) {}
    #expect(broken(producer) == ["producer: 2 records count as waiting for memory or metadata, and 0 wait"])
  }

  @Test func `Batches that are never sent are reported`() {
    let fixture = ProducerFixture { $0.linger = .seconds(1) }
    let producer = fixture.producer
    producer.send(topic: "t", partition: 0, value: Bytes("a"))
    #expect(fixture.world.run { producer.topicsInOrder.first?.partitions.first?.batches.isEmpty == false })
    #expect(broken(producer) == [])
    let queue = producer.activeQueues.removeLast()
    queue.isActive = false
    #expect(broken(producer) == ["producer: 1 batches of t-0 wait, and nobody sends them"])
  }

  @Test func `A partition that is found by its name, but not assigned, is reported`() throws {
    let fixture = try consumer()
    fixture.consumer.partitions[TopicPartition("t", 9)] = fixture.consumer.assignedPartitions[0]
    #expect(broken(fixture.consumer) == ["consumer: 2 partitions are assigned, and 3 are found by their names"])
  }

  @Test func `A check of a client process covers its producer or consumer`() throws {
    let world = TestWorld(), recorder = HistoryRecorder()
    func broken(_ application: any ClientApplication) -> [String] {
      var check = InvariantCheck()
      application.checkInvariants(&check)
      return check.broken
    }
    let producing = ProduceApplication(
      host: world, configuration: ProducerConfiguration(),
      plan: ProduceApplication.Plan(topics: ["t"], load: .constant(.perSecond(1)), records: nil, start: .zero, stop: .zero + .seconds(1)),
      pool: RecordPool(values: ValuePlan(), keys: .none, seed: 1), recorder: recorder)
    #expect(broken(producing) == [])
    producing.producer.availableMemory = -1
    #expect(broken(producing) == ["producer: -1 bytes are left of the \(ProducerConfiguration().bufferMemory) that it may hold"])
    let consuming = ConsumeApplication(
      host: world, configuration: ConsumerConfiguration(), partitions: [TopicPartition("t", 0)], pause: .zero, start: .zero, stop: .distantFuture,
      recorder: recorder)
    #expect(broken(consuming) == [])
    let fixture = try consumer()
    consuming.consumer.partitions[TopicPartition("t", 0)] = fixture.consumer.assignedPartitions[0]
    #expect(broken(consuming) == ["consumer: 0 partitions are assigned, and 1 are found by their names"])
  }

  @Test func `An invalid assigned partition, or one that is fetched from no broker, is reported`() throws {
    let fixture = try consumer()
    let assigned = fixture.consumer.assignedPartitions[0]
    assigned.isAssigned = false
    #expect(broken(fixture.consumer).contains("consumer: t-0 is assigned, and is not found by its name"))
    assigned.isAssigned = true
    #expect(broken(fixture.consumer) == [])
    assigned.lose(.fetching)
    #expect(broken(fixture.consumer) == ["consumer: t-0 is fetched, and has no position"])
  }

  @Test func `A partition that rests and should be checked is reported`() throws {
    let fixture = try consumer()
    fixture.consumer.assignedPartitions[0].isPaused = true
    #expect(broken(fixture.consumer) == [])
    let assigned = try #require(fixture.consumer.restless.members.first)
    assigned.rest()
    #expect(broken(fixture.consumer).contains("consumer: \(assigned.partition) rests, but is in the restless list"))
  }

  @Test func `Waiting records that are not counted or have no timer are reported`() {
    let fixture = ProducerFixture()
    let producer = fixture.producer
    #expect(broken(producer) == [])
    producer.incompleteRecordCount = 1
    producer.blockedRecordCount = 2
    let told = broken(producer)
    #expect(told.contains("producer: 2 records wait for memory or metadata, of 1 that are not answered"))
    #expect(told.contains("producer: 2 records wait for memory or metadata, and no timer looks after them"))
  }

  /// A transactional producer with two batches under way.
  private func transacting() throws -> (fixture: TransactionFixture, queue: PartitionQueue) {
    let fixture = TransactionFixture()
    fixture.initialize()
    try fixture.producer.beginTransaction()
    fixture.send("warm up")
    fixture.records.answersByItself = false
    for value in ["a", "b"] as [Bytes] {
      fixture.producer.send(topic: "t", partition: 0, value: value)
      fixture.world.run(for: .milliseconds(10))
    }
    #expect(fixture.records.requests.count == 3)
    #expect(broken(fixture.producer) == [])
    return (fixture, try #require(fixture.producer.topicsInOrder.first?.partitions.first))
  }

  @Test func `Sequence numbers in flight with a gap, or out of order, are reported`() throws {
    let (fixture, queue) = try transacting()
    let last = try #require(queue.sequences.inFlight.last)
    last.renumber(as: ProducerIdentity(id: 7, epoch: 0), from: 5)
    let told = broken(fixture.producer)
    #expect(told.contains("producer: in flight of t-0, the numbers from 5 on follow those before 2"))
    #expect(told.contains("producer: the next number of t-0 is 3, and those in flight end before 6"))
    last.renumber(as: ProducerIdentity(id: 7, epoch: 0), from: 0)
    #expect(broken(fixture.producer).contains("producer: in flight of t-0, the numbers from 0 on follow those before 2"))
  }

  @Test func `Records of a partition that is not part of the transaction are reported`() throws {
    let (fixture, queue) = try transacting()
    queue.membership = .outside
    #expect(Set(broken(fixture.producer)) == ["producer: records of t-0 were sent, which is not part of the transaction"])
  }

  @Test func `A transaction without a producer is reported`() throws {
    let (fixture, _) = try transacting()
    try #require(fixture.producer.transactions).take(.none)
    #expect(broken(fixture.producer).contains("producer: it is in a transaction and has no producer id"))
  }

  @Test func `A queue with too few requests under way is reported, and so is one that does not count as active`() throws {
    let fixture = ProducerFixture { $0.linger = .seconds(1) }
    let producer = fixture.producer
    producer.send(topic: "t", partition: 0, value: Bytes("a"))
    #expect(fixture.world.run { !producer.activeQueues.isEmpty })
    #expect(broken(producer) == [])
    let queue = try #require(producer.activeQueues.first)
    queue.inFlight = -1
    #expect(broken(producer) == ["producer: t-0 has batches, -1 under way, and does not count as one that has"])
    queue.inFlight = 0
    queue.isActive = false
    #expect(broken(producer).contains("producer: t-0 has batches, 0 under way, and does not count as one that has"))
  }

  // MARK: In the middle of an event

  /// What was told during some deeds.
  private func told(_ deeds: () throws -> Void) rethrows -> [String] {
    BrokenInvariants.forget()
    try deeds()
    return BrokenInvariants.take()
  }

  @Test func `A consumer tells of nothing while it fetches, seeks and commits what it has consumed`() throws {
    let words = try told {
      let fixture = try consumer()
      fixture.consumer.seek(TopicPartition("t", 0), to: 1)
      fixture.logs[0]?.append(["c"])
      #expect(try fixture.poll() == ["0:1=b", "0:2=c"])
    }
    #expect(words == [])
  }

  @Test func `Records that were asked for at another position, or in another generation of it, are told of`() throws {
    let fixture = try consumer()
    let assigned = fixture.consumer.assignedPartitions[0]
    func member(from offset: Offset, in generation: Int) -> FetchSessionHandler.Member {
      FetchSessionHandler.Member(
        assigned: assigned, wish: FetchSessionHandler.Wish(topicID: .zero, offset: offset, leaderEpoch: 0, maxBytes: 1, generation: generation))
    }
    #expect(assigned.position == 2)
    #expect(told { fixture.consumer.requirePresent(member(from: 1, in: assigned.generation)) } == [])
    #expect(told { fixture.consumer.requirePresent(member(from: 3, in: assigned.generation)) } == ["consumer: records of t-0 from 3 on are taken, and it stands at 2"])
    #expect(told { fixture.consumer.requirePresent(member(from: 2, in: assigned.generation - 1)) }.count == 1)
  }

  @Test func `A position that its leader does not have, or was not asked about, is told of`() throws {
    let fixture = try consumer()
    let assigned = fixture.consumer.assignedPartitions[0]
    var answer = OffsetForLeaderEpochResponse.EpochEndOffset()
    (answer.leaderEpoch, answer.endOffset) = (0, 2)
    #expect(told { fixture.consumer.requireInLog(assigned, in: assigned.generation, answer) } == [])
    answer.endOffset = 1
    #expect(told { fixture.consumer.requireInLog(assigned, in: assigned.generation, answer) } == ["consumer: t-0 is fetched from 2, and its leader has it up to 1"])
    #expect(told { fixture.consumer.requireInLog(assigned, in: assigned.generation - 1, answer) } == [], "it was moved")
    #expect(told { fixture.consumer.requireInLog(assigned, in: assigned.generation, nil) } == ["consumer: t-0 is fetched from 2, and its leader has it up to nowhere"])
    #expect(told { fixture.consumer.requireAsked([assigned]) } == ["consumer: t-0 is fetched, and its leader was not asked whether 2 is in its log"])
    assigned.phase = .validating
    #expect(told { fixture.consumer.requireAsked([assigned]); fixture.consumer.requireInLog(assigned, in: assigned.generation, nil) } == [])
  }

  @Test func `Offsets that are no checked positions, and partitions that were not taken over, are told of`() throws {
    let fixture = try consumer()
    let t0 = TopicPartition("t", 0), t1 = TopicPartition("t", 1)
    #expect(told { fixture.consumer.requireConsumed([(t0, CommittedOffset(2)), (t1, CommittedOffset(0))]) } == [])
    #expect(told { fixture.consumer.requireConsumed([(t0, CommittedOffset(3))]) } == ["consumer: 3 is committed for t-0, and its checked position is 2"])
    fixture.consumer.assignedPartitions[0].phase = .needsValidation
    #expect(told { fixture.consumer.requireConsumed([(t0, CommittedOffset(2))]) } == ["consumer: 2 is committed for t-0, and its checked position is unknown"])
    #expect(told { fixture.consumer.requireOwned([t0, t1]) } == [])
    #expect(told { fixture.consumer.requireOwned([t0]) } == ["consumer: [t-0] were taken over, and it reads [t-0, t-1]"])
  }

  @Test func `A flush that ends before its batches is told of`() throws {
    let fixture = ProducerFixture { $0.linger = .seconds(1) }
    let producer = fixture.producer
    producer.send(topic: "t", partition: 0, value: Bytes("a"))
    #expect(fixture.world.run { !producer.activeQueues.isEmpty })
    #expect(told { producer.requireFinished(upTo: 0) } == [])
    #expect(told { producer.requireFinished(upTo: 1) } == ["producer: a flush ends, and a batch of 1 records before it waits in t-0"])
    var isFlushed = false
    let words = told {
      producer.flush { isFlushed = true }
      #expect(fixture.world.run { isFlushed })
    }
    #expect(words == [])
    #expect(told { producer.requireFinished(upTo: 1) } == [])
  }

  @Test func `A transaction that begins with the partitions of another one, or ends with open records, is told of`() throws {
    let (fixture, queue) = try transacting()
    let transactions = try #require(fixture.producer.transactions)
    #expect(told { transactions.requireComplete() } == ["producer: the end of a transaction is sent, and 2 records of it are under way"])
    #expect(told { fixture.producer.requireFinished(upTo: .max) }.first?.hasPrefix("producer: a flush ends, and a batch of 1 records before it has no answer from broker") == true)
    #expect(told { transactions.requireNothingLeft() } == [
      "producer: a transaction begins with 1 partitions of the one before, and as one that the coordinator knows"
    ])
    #expect(queue.membership == .added)
  }

  @Test func `Transactions that follow each other tell of nothing`() throws {
    let words = try told {
      let fixture = TransactionFixture()
      fixture.initialize()
      for value in ["a", "b"] as [Bytes] {
        try fixture.producer.beginTransaction()
        fixture.send(value)
        #expect(fixture.commit() == nil)
      }
    }
    #expect(words == [])
  }
}
