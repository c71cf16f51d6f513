import Host
import Primitives
import Testing
import Wire

@testable import Client

/// Consumers that subscribe, with a scripted coordinator.
@Suite struct GroupConsumerTests {
  let t0 = TopicPartition("t", 0), t1 = TopicPartition("t", 1)

  /// Two partitions with records `a0`, `b0` and `a1`, `b1`, and a first member of the group `g`.
  private final class Fixture {
    let records: ConsumerFixture
    let group: ScriptedGroup
    let first: GroupListener
    private var others: [Consumer] = []
    var world: TestWorld { records.world }
    var consumer: Consumer { records.consumer }

    init(brokers: Int32 = 1, _ configure: (inout ConsumerConfiguration) -> Void = { _ in }) {
      records = ConsumerFixture(leaders: [1, 1], brokers: brokers) {
        $0.groupID = "g"
        $0.autoOffsetReset = .earliest
        configure(&$0)
      }
      group = ScriptedGroup(at: records.brokers[0], servedBy: records.brokers)
      first = GroupListener()
      consumer.delegate = first
      for index in 0..<2 { records.logs[Int32(index)]?.append(["a\(index)", "b\(index)"]) }
    }

    /// The first member joins, and reads all that there is.
    func begin() {
      consumer.subscribe(to: ["t"])
      consumer.start()
      #expect(run { first.received.count == 4 })
    }

    /// Has a second member join, for which the next rebalance waits.
    func addMember(of topic: String) -> (consumer: Consumer, listener: GroupListener) {
      group.expected = 2
      let consumer = Consumer(reactor: world.reactor, configuration: consumer.configuration), listener = GroupListener()
      consumer.delegate = listener
      consumer.subscribe(to: [topic])
      consumer.start()
      others.append(consumer)
      return (consumer, listener)
    }

    func values(_ timeout: Duration = .seconds(1)) throws -> [String] { try records.poll(timeout: timeout) }

    /// Everything that polls return in a time, of the first member.
    func all(for time: Duration = .seconds(3)) throws -> [String] {
      var all: [String] = []
      let end = world.now + time
      while world.now < end { all += try values(.milliseconds(500)) }
      return all
    }

    func run(until condition: () -> Bool) -> Bool { world.run(upTo: .seconds(60), until: condition) }

    func brokenInvariants() -> [String] {
      var check = InvariantCheck()
      consumer.checkInvariants(&check)
      return check.broken
    }
  }

  @Test func `A subscriber joins, reads its partitions, and commits and leaves on close`() throws {
    let fixture = Fixture()
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().sorted() == ["0:0=a0", "0:1=b0", "1:0=a1", "1:1=b1"])
    #expect(fixture.group.log.prefix(5) == ["find", "join", "join m1", "sync m1", "fetch offsets"])
    #expect(fixture.first.log == ["assigned t-0 t-1"])
    #expect(fixture.brokenInvariants() == [])
    var isClosed = false
    fixture.consumer.close { isClosed = true }
    #expect(fixture.run { isClosed })
    #expect(fixture.group.committed == [t0: 2, t1: 2])
    #expect(fixture.group.log.suffix(2) == ["commit", "leave m1"])
    #expect(fixture.first.log == ["assigned t-0 t-1", "revoked t-0 t-1"])
  }

  @Test func `The consumer waits for offsets that a transaction may still change`() throws {
    for requiresStable in [true, false] {
      let fixture = Fixture { $0.switches.requireStable = requiresStable }
      fixture.group.committed = [t0: 1]
      fixture.group.errors[.offsetFetch] = requiresStable ? [.unstableOffsetCommit, .unstableOffsetCommit] : []
      fixture.consumer.subscribe(to: ["t"])
      #expect(try fixture.all().sorted() == ["0:1=b0", "1:0=a1", "1:1=b1"])
      #expect(fixture.group.requiresStable == Array(repeating: requiresStable, count: requiresStable ? 3 : 1))
    }
  }

  @Test func `A consumer reports its state in the group`() {
    let fixture = Fixture()
    #expect(fixture.consumer.groupMetadata == ConsumerGroupMetadata(groupID: "g"))
    fixture.begin()
    let metadata = ConsumerGroupMetadata(groupID: "g", generationID: 1, memberID: "m1")
    #expect(fixture.consumer.groupMetadata == metadata)
    // Who was put out is told from who is a member now.
    fixture.group.remove("m1")
    #expect(fixture.run { fixture.consumer.standing == nil })
    #expect(fixture.consumer.groupMetadata == metadata)
    #expect(ConsumerFixture().consumer.groupMetadata == nil)
  }

  @Test func `Positions start at the group's committed offsets`() throws {
    let fixture = Fixture()
    fixture.group.committed = [t0: 1]
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().sorted() == ["0:1=b0", "1:0=a1", "1:1=b1"])
  }

  @Test(arguments: [true, false])
  func `A loading coordinator is asked again, or taken for one without offsets`(retries: Bool) throws {
    let fixture = Fixture { $0.switches.retryOnLoadInProgress = retries }
    fixture.group.committed = [t0: 1, t1: 1]
    fixture.group.errors[.offsetFetch] = [.coordinatorLoadInProgress]
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().sorted() == (retries ? ["0:1=b0", "1:1=b1"] : ["0:0=a0", "0:1=b0", "1:0=a1", "1:1=b1"]))
  }

  @Test(arguments: [true, false])
  func `A subscription contains the generation of the owned partitions, or leaves it out`(sends: Bool) throws {
    let fixture = Fixture {
      $0.assignors = [CooperativeStickyAssignor()]
      $0.switches.sendGenerationInSubscription = sends
    }
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().count == 4)
    fixture.group.rebalance()
    _ = try fixture.all(for: .seconds(10))
    #expect(fixture.group.generation == 2)
    let subscription = try ConsumerProtocol.decode(ConsumerProtocolSubscription.self, fixture.group.members[0].protocols[0].metadata)
    #expect(subscription.ownedPartitions.map(\.partitions) == [[0, 1]])
    #expect(subscription.generationId == (sends ? 1 : -1))
  }

  @Test(arguments: [true, false])
  func `A member whose sync comes too late loses its partitions before it joins again, or keeps them`(resets: Bool) throws {
    let fixture = Fixture {
      $0.assignors = [CooperativeStickyAssignor()]
      $0.switches.resetOnSyncError = resets
    }
    fixture.begin()
    fixture.group.errors[.syncGroup] = [.rebalanceInProgress]
    fixture.group.rebalance()
    let expected = ["assigned t-0 t-1"] + (resets ? ["lost t-0 t-1", "assigned t-0 t-1"] : ["assigned "])
    #expect(fixture.run { fixture.first.log.count == expected.count })
    #expect(fixture.first.log == expected)
    #expect(fixture.group.generation == 3)
    let subscription = try ConsumerProtocol.decode(ConsumerProtocolSubscription.self, fixture.group.members[0].protocols[0].metadata)
    #expect(subscription.ownedPartitions.map(\.partitions) == (resets ? [] : [[0, 1]]))
    #expect(subscription.generationId == (resets ? -1 : 2), "the one that it joined, although it never got its assignment")
  }

  @Test func `A consumer with manual assignment starts at the group's committed offsets, and commits without a generation`() throws {
    let fixture = Fixture { $0.commitsAutomatically = false }
    fixture.group.committed = [t0: 1]
    fixture.consumer.assign([t0])
    #expect(try fixture.all() == ["0:1=b0"])
    var result: Result<Void, ConsumerError>?
    fixture.consumer.commitRetrying { result = $0 }
    #expect(fixture.run { result != nil })
    #expect(fixture.group.commits.map(\.generationIdOrMemberEpoch) == [-1])
    #expect(fixture.group.committed[t0] == 2)
    #expect(!fixture.group.log.contains { $0.hasPrefix("join") })
  }

  @Test func `Records know the offset to commit when they are done, whatever became of their partitions`() throws {
    let fixture = Fixture { $0.commitsAutomatically = false }
    fixture.consumer.assign([t0, t1])
    var records: [(partition: TopicPartition, offset: CommittedOffset)] = []
    while records.count < 2 { records += try fixture.records.pollRecords().get().nextOffsets }
    #expect(records.map(\.partition).sorted() == [t0, t1] && records.allSatisfy { $0.offset == CommittedOffset(2, leaderEpoch: 0) })
    fixture.consumer.assign([t1])
    var result: Result<Void, ConsumerError>?
    fixture.consumer.commitRetrying(records) { result = $0 }
    #expect(fixture.run { result != nil })
    #expect(fixture.group.committed == [t0: 2, t1: 2])
  }

  @Test func `Without a committed offset and a reset policy, the application must seek`() throws {
    let fixture = Fixture { $0.autoOffsetReset = .none }
    fixture.consumer.assign([t0])
    #expect(fixture.records.pollRecords().error == .noPosition(t0))
    fixture.consumer.seek(t0, to: 1)
    #expect(try fixture.values() == ["0:1=b0"])
  }

  @Test func `A poll commits what the polls before it returned`() throws {
    let fixture = Fixture { $0.autoCommitInterval = .seconds(2) }
    fixture.consumer.subscribe(to: ["t"])
    var count = 0
    while count < 4 { count += try fixture.values().count }
    fixture.group.committed = [:]
    fixture.world.run(for: .seconds(4))
    #expect(fixture.group.committed == [:], "nobody polls")
    #expect(try fixture.values() == [])
    #expect(fixture.group.committed == [t0: 2, t1: 2])
    #expect(fixture.group.commits.last?.generationIdOrMemberEpoch == 1)
  }

  @Test func `In an eager group every member gives up everything before it joins again`() throws {
    let fixture = Fixture { $0.assignors = [RangeAssignor()] }
    fixture.begin()
    let (_, listener) = fixture.addMember(of: "t")
    #expect(fixture.run { !listener.log.isEmpty && fixture.first.log.count == 3 })
    #expect(fixture.first.log == ["assigned t-0 t-1", "revoked t-0 t-1", "assigned t-0"])
    #expect(listener.log == ["assigned t-1"])
    #expect(fixture.group.committed == [t0: 2, t1: 2], "committed before it was given up")
    #expect(fixture.consumer.assignment == [t0])
    fixture.world.run(for: .seconds(5))
    #expect(listener.received == [], "the second goes on where the first had got to")
    #expect(fixture.brokenInvariants() == [])
  }

  @Test func `In a cooperative group only moving partitions are given up`() throws {
    let fixture = Fixture { $0.assignors = [CooperativeStickyAssignor()] }
    fixture.begin()
    let (second, listener) = fixture.addMember(of: "t")
    #expect(fixture.run { listener.log.contains("assigned t-1") })
    #expect(fixture.first.log.starts(with: ["assigned t-0 t-1", "revoked t-1", "assigned "]))
    #expect(!fixture.first.log.contains("revoked t-0 t-1"))
    #expect(fixture.consumer.assignment == [t0])
    #expect(second.assignment == [t1])
  }

  @Test func `The rebalance waits for the application, and nothing is delivered meanwhile`() throws {
    let fixture = Fixture { $0.assignors = [RangeAssignor()] }
    fixture.first.holds = true
    fixture.consumer.subscribe(to: ["t"])
    fixture.consumer.start()
    #expect(fixture.run { fixture.first.held.count == 1 })
    fixture.world.run(for: .seconds(5))
    #expect(fixture.first.received == [])
    let beats = fixture.group.heartbeats.count
    #expect(beats > 0, "heartbeats go on")
    fixture.first.held[0]()
    #expect(fixture.run { fixture.first.received.count == 4 })
  }

  @Test func `Heartbeats need no polls, but a member that does not poll for too long leaves`() throws {
    let fixture = Fixture {
      $0.maxPollInterval = .seconds(10)
      $0.heartbeatInterval = .seconds(2)
    }
    fixture.consumer.subscribe(to: ["t"])
    #expect(try !fixture.all(for: .seconds(1)).isEmpty)
    let before = fixture.group.heartbeats.count
    fixture.world.run(for: .seconds(8))
    #expect((3...5).contains(fixture.group.heartbeats.count - before))
    fixture.world.run(for: .seconds(4))
    #expect(fixture.group.log.last == "leave m1")
    #expect(fixture.group.members.isEmpty)
    let silent = fixture.group.heartbeats.count
    fixture.world.run(for: .seconds(20))
    #expect(fixture.group.heartbeats.count == silent)
    _ = try fixture.all()
    #expect(fixture.first.log == ["assigned t-0 t-1", "lost t-0 t-1", "assigned t-0 t-1"])
  }

  @Test func `A removed member loses its partitions, and joins again under another id`() throws {
    let fixture = Fixture()
    fixture.begin()
    fixture.group.remove("m1")
    #expect(fixture.run { fixture.first.log.count == 3 })
    #expect(fixture.first.log == ["assigned t-0 t-1", "lost t-0 t-1", "assigned t-0 t-1"])
    #expect(fixture.group.log.contains("join m2"))
  }

  @Test func `A commit of a removed member is refused`() throws {
    let fixture = Fixture { $0.commitsAutomatically = false }
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().count == 4)
    fixture.group.errors[.offsetCommit] = [.unknownMemberId]
    var result: Result<Void, ConsumerError>?
    fixture.consumer.commitRetrying { result = $0 }
    #expect(fixture.run { result != nil })
    #expect(throws: ConsumerError.notMember) { try result?.get() }
    #expect(fixture.consumer.standing == nil)
  }

  @Test func `A commit is retried while the coordinator loads, and after it was found elsewhere`() throws {
    let fixture = Fixture(brokers: 2) { $0.commitsAutomatically = false }
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().count == 4)
    fixture.group.coordinator = fixture.records.brokers[1]
    fixture.group.errors[.offsetCommit] = [.coordinatorLoadInProgress, .notCoordinator]
    var once: Result<Void, ConsumerError>?
    fixture.consumer.commit { once = $0 }
    #expect(fixture.run { once != nil })
    #expect(throws: ConsumerError.notCommitted(.coordinatorLoadInProgress)) { try once?.get() }
    var result: Result<Void, ConsumerError>?
    fixture.consumer.commitRetrying([(t0, CommittedOffset(1, metadata: "x"))]) { result = $0 }
    #expect(fixture.run { result != nil })
    #expect(throws: Never.self) { try result?.get() }
    #expect(fixture.group.committed == [t0: 1])
    #expect(fixture.records.brokers[1].count(of: .offsetCommit) == 1)
  }

  @Test func `Topics of others that the leader does not know are looked up before it assigns`() throws {
    let fixture = Fixture { $0.assignors = [RangeAssignor()] }
    fixture.records.cluster.addTopic("u", leaders: [1])
    fixture.consumer.subscribe(to: ["t"])
    fixture.consumer.start()
    #expect(fixture.run { fixture.first.log.count == 1 })
    let (_, listener) = fixture.addMember(of: "u")
    #expect(fixture.run { !listener.log.isEmpty })
    #expect(listener.log == ["assigned u-0"])
    #expect(fixture.run { fixture.first.log.count == 3 })
    #expect(fixture.first.log.last == "assigned t-0 t-1")
  }

  @Test func `A topic that grows, and a new topic that matches a pattern, cause a rebalance`() throws {
    let fixture = Fixture { $0.connection.metadataMaxAge = .seconds(5) }
    #expect(throws: (any Error).self) { try fixture.consumer.subscribe(toPattern: "t(") }
    #expect(fixture.consumer.subscription == [], "a pattern that is refused subscribes to nothing")
    try fixture.consumer.subscribe(toPattern: "t.*")
    fixture.consumer.start()
    #expect(fixture.run { fixture.first.log == ["assigned t-0 t-1"] })
    fixture.records.cluster.addTopic("other", leaders: [1])
    fixture.records.cluster.addTopic("two", leaders: [1])
    #expect(fixture.run { fixture.consumer.assignment == [t0, t1, TopicPartition("two", 0)] })
    fixture.records.cluster.topics[2].partitions.append(ScriptedCluster.Partition(leader: 1))
    #expect(fixture.run { fixture.consumer.assignment == [t0, t1, TopicPartition("two", 0), TopicPartition("two", 1)] })
    #expect(fixture.consumer.subscription == ["t", "two"])
  }

  @Test func `A static member keeps its place on close`() throws {
    let fixture = Fixture { $0.groupInstanceID = "i" }
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().count == 4)
    var isClosed = false
    fixture.consumer.close { isClosed = true }
    #expect(fixture.run { isClosed })
    #expect(!fixture.group.log.contains { $0.hasPrefix("leave") })
    #expect(fixture.group.members.map(\.id) == ["s-i"])
  }

  @Test func `A static member leaves when it is closed for good, and a dynamic one stays if it must remain`() throws {
    for (instance, operation, leaves) in [("i", GroupMembershipOperation.leaveGroup, true), ("i", .remainInGroup, false), (nil, .remainInGroup, false)] {
      let fixture = Fixture { $0.groupInstanceID = instance }
      fixture.consumer.subscribe(to: ["t"])
      #expect(try fixture.all().count == 4)
      var isClosed = false
      fixture.consumer.close(operation) { isClosed = true }
      #expect(fixture.run { isClosed })
      #expect(fixture.group.log.contains { $0.hasPrefix("leave") } == leaves)
      #expect(fixture.group.committed == [t0: 2, t1: 2])
    }
  }

  @Test func `A consumer that unsubscribes leaves, and may then assign partitions`() throws {
    let fixture = Fixture()
    fixture.consumer.subscribe(to: ["t"])
    #expect(try fixture.all().count == 4)
    var hasLeft = false
    fixture.consumer.unsubscribe { hasLeft = true }
    #expect(fixture.run { hasLeft })
    #expect(fixture.group.log.last == "leave m1")
    #expect(fixture.consumer.assignment == [] && fixture.consumer.subscription == [])
    fixture.consumer.assign([t1])
    #expect(try fixture.all() == ["1:0=a1", "1:1=b1"])
  }

  @Test func `A refusal of the coordinator is reported, and a member without heartbeats is reported as broken`() throws {
    let fixture = Fixture()
    fixture.group.errors[.joinGroup] = [.groupMaxSizeReached]
    fixture.consumer.subscribe(to: ["t"])
    #expect(fixture.records.pollRecords().error == .groupRefused(.groupMaxSizeReached))
    #expect(try fixture.all().count == 4, "it tries again with the next poll")
    fixture.consumer.group?.membership?.close()
    #expect(fixture.brokenInvariants() == ["consumer: a member of g in generation 1 sends no heartbeats"])
  }
}
