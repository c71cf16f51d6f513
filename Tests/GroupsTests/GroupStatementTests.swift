import Coordination
import Host
import Primitives
import Testing
import Wire

@testable import Groups

/// What groups say in the middle of an event. Each is told of a state that no request leads to.
@Suite struct GroupStatementTests {
  /// What was told during some deeds.
  private func told(_ deeds: () throws -> Void) rethrows -> [String] {
    BrokenInvariants.forget()
    try deeds()
    return BrokenInvariants.take()
  }

  // MARK: Classic groups

  /// A classic group with two members in generation 1.
  private func stable() -> ShardFixture {
    let fixture = ShardFixture()
    for id in ["a", "b"] { _ = fixture.joinInTwoSteps(id) }
    fixture.run(.seconds(6))
    for id in ["a", "b"] { fixture.sync(as: id, generation: 1, assigning: id == "a" ? [("a", "A"), ("b", "B")] : []) }
    return fixture
  }

  private func classic(_ fixture: ShardFixture) throws -> ClassicGroup { try #require(fixture.shard.groups["g"]?.classic) }

  @Test func `A classic group tells of nothing through a life of joins, heartbeats, sessions that end and departures`() {
    #expect(told {
      let fixture = stable()
      _ = fixture.heartbeat(as: "a", generation: 1)
      _ = fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 5)])
      _ = fixture.joinInTwoSteps("c")
      fixture.run(.seconds(70))
      _ = fixture.leave([("c", nil)])
      fixture.run(.seconds(70))
    } == [])
  }

  @Test func `A member that comes or goes without a rebalance is told of`() throws {
    var group = try classic(stable())
    #expect(told { group.requireStep(from: (.stable, 1, 2)) } == [])
    group.remove("b")
    #expect(told { group.requireStep(from: (.stable, 1, 2)) } == ["group g: it had 2 members, has 1, and stays Stable in generation 1"])
    group.state = .preparingRebalance
    #expect(told { group.requireStep(from: (.stable, 1, 2)) } == [])
  }

  @Test func `A generation that is not the next, and a wait without a timer, are told of`() throws {
    var group = try classic(stable())
    group.state = .completingRebalance
    #expect(told { group.requireStep(from: (.preparingRebalance, 1, 2)) } == ["group g: its members have joined, and generation 1 is the former one"])
    group.generation = 3
    #expect(told { group.requireStep(from: (.preparingRebalance, 1, 2)) } == ["group g: generation 3 follows generation 1"])
    group.generation = 2
    group.earliestDeadline = .distantFuture
    let end = try #require(group.syncEnd)
    #expect(told { group.requireStep(from: (.preparingRebalance, 1, 2)) } == ["group g: a wait ends at \(end), and the timer is set for \(Instant.distantFuture)"])
  }

  @Test func `A generation that begins without a leader, a protocol, a session or an answer is told of`() throws {
    var group = try classic(stable())
    let now = Instant.zero + .seconds(6)
    group.pendingSyncs = ["a", "b"]
    #expect(told { group.requireBegun(at: now) } == [])
    #expect(told { group.requireLeader() } == ["group g: a is to lead the generation after 1, and has not joined"])
    group.members["a"]?.joinTicket = 9
    #expect(told { group.requireLeader() } == [])
    #expect(told { group.requireBegun(at: now) } == ["group g: generation 1 has begun, and 0 members wait to hear of it"])
    group.members["a"]?.joinTicket = nil
    group.protocolName = "sticky"
    group.members["b"]?.sessionEnd = nil
    group.pendingSyncs = []
    group.syncEnd = nil
    #expect(told { group.requireBegun(at: now) } == [
      "group g: generation 1 has 2 members, and 0 have to ask for their assignment", "group g: nothing ends the wait for the members of generation 1",
      "group g: generation 1 uses sticky, which a does not know", "group g: generation 1 uses sticky, which b does not know",
      "group g: the session of b lasts for ever from now on, and its timeout is 10000 ms",
    ])
  }

  @Test func `An assignment of a former generation, and a member that still waits for its own, are told of`() throws {
    var group = try classic(stable())
    #expect(told { group.requirePresent(1) } == ["group g: what was assigned in generation 1 is handed out, and it is Stable in generation 1"])
    group.state = .completingRebalance
    #expect(told { group.requirePresent(1) } == [])
    #expect(told { group.requirePresent(0) }.count == 1)
    #expect(told { group.requireNoSync() } == [])
    group.members["b"]?.syncTicket = 4
    #expect(told { group.requireNoSync() } == ["group g: the partitions of generation 1 are assigned, and b still waits for its own"])
  }

  @Test func `A request that is neither held nor answered is told of`() throws {
    var group = try classic(stable())
    let fixture = ShardFixture()
    let join = ClassicJoin(
      request: JoinGroupRequest("g", as: "a", instance: nil, protocols: [], session: 1, rebalance: 1, type: "consumer"), client: GroupClient(version: 9, id: "c", host: "/h"),
      ticket: 4, newMemberID: "new")
    let sync = SyncGroupRequest("g", as: "a", generation: 1, instance: nil, assigning: [], type: nil, name: nil)
    var desk = GroupDesk(settings: fixture.shard.settings, time: fixture.time)
    #expect(told { group.requireAnswer(to: join, desk); group.requireAnswer(to: sync, ticket: 5, desk) } == [
      "group g: a joins, and its request is neither held nor answered", "group g: a asks for its assignment, and its request is neither held nor answered",
    ])
    group.members["a"]?.joinTicket = 4
    desk.answer(5, SyncGroupResponse(.none))
    #expect(told { group.requireAnswer(to: join, desk); group.requireAnswer(to: sync, ticket: 5, desk) } == [])
  }

  // MARK: Groups of KIP-848

  private func world(_ members: [String]) throws -> GroupWorld {
    var world = GroupWorld(TestTopics(["t": 4]))
    for member in members { try world.heartbeat(world.join(member)) }
    return world
  }

  @Test func `A group of KIP-848 tells of nothing while partitions move from member to member`() throws {
    #expect(try told {
      var world = try world(["a", "b"])
      try world.heartbeat(world.beat("a", 2, owned: ["t": [0, 1, 2, 3]]))
      try world.heartbeat(world.beat("a", 2, owned: ["t": [0, 1]]))
      try world.heartbeat(world.beat("b", 3, owned: [:]))
      world.pass(.seconds(60))
      try world.expire()
    } == [])
  }

  @Test func `A member that gets what another one has, or loses what it still reports, is told of`() throws {
    let world = try world(["a", "b"])
    let a = try #require(world.group.members["a"]), b = try #require(world.group.members["b"]), switches = GroupSwitches()
    let reported = [ConsumerGroupHeartbeatRequest.TopicPartitions { $0.topicId = TestTopics.id("t"); $0.partitions = [0, 1, 2, 3] }]
    var next = a
    next.assigned = OwnedPartitions()
    next.epoch = world.group.targetEpoch
    #expect(told { world.group.requireStep(from: a, to: next, owned: [], switches) } == [])
    #expect(told { world.group.requireStep(from: a, to: next, owned: reported, switches) }.count == 4)
    #expect(told { world.group.requireStep(from: a, to: next, owned: nil, switches) }.first == "group g: \(TestTopics.id("t"))-0 counts as given up, and a may still own it")
    next.epoch = 1
    #expect(told { world.group.requireStep(from: a, to: next, owned: [], switches) } == [
      "group g: a with stable partitions goes from epoch \(a.epoch) to 1, and the target's is \(world.group.targetEpoch)"
    ])
    var greedy = b
    greedy.assigned = a.assigned
    #expect(told { world.group.requireStep(from: b, to: greedy, owned: [], switches) }.first == "group g: b gets \(TestTopics.id("t"))-0, which is a's")
  }

  @Test func `A member whose session or time to give up partitions nothing ends is told of`() throws {
    var world = try world(["a"])
    var member = try #require(world.group.members["a"])
    let session = world.settings.sessionTimeout
    #expect(told { world.group.requireTimers(of: member, isMoved: true, session: session, from: world.now) } == [])
    member.state = .unrevokedPartitions
    #expect(told { world.group.requireTimers(of: member, isMoved: false, session: session, from: world.now) } == [])
    #expect(told { world.group.requireTimers(of: member, isMoved: true, session: session, from: world.now) } == [
      "group g: a is unrevokedPartitions, and nothing ends its time to give up 0 partitions"
    ])
    world.group.timers.forget("a")
    #expect(told { world.group.requireTimers(of: member, isMoved: false, session: session, from: world.now) } == [
      "group g: the session of a lasts for ever from now on, and its timeout is \(session)"
    ])
  }

  @Test func `Epochs that go back or stay, and members that leave something behind, are told of`() throws {
    let former = try world(["a"]), later = try world(["a", "b"])
    let a = try #require(later.group.members["a"])
    let request = later.beat("a", a.epoch)
    #expect(told { former.group.requireEpochs(after: later.group, request, from: a, to: a) } == [])
    #expect(told { later.group.requireEpochs(after: former.group, request, from: a, to: a) }.first == "group g: it goes back from epoch 3 to 2")
    var other = a
    other.topicNames = ["u"]
    #expect(told { later.group.requireEpochs(after: later.group, request, from: a, to: other) } == ["group g: a subscribes to [\"u\"] after [\"t\"], and the epoch stays 3"])
    #expect(told { former.group.requireEpochs(after: later.group, later.beat("a", 1), from: a, to: a) } == [
      "group g: a heartbeat of a in epoch 1 is taken, and it is in epoch \(a.epoch) after \(a.previousEpoch)"
    ])
    #expect(told { former.group.requireGone([a], after: later.group) } == ["group g: a is gone, and \(TestTopics.id("t"))-0 is still its own"])
    #expect(told { later.group.requireGone([], after: later.group) } == ["group g: 0 members are gone, and the epoch stays 3"])
  }

  @Test func `A target that forgets a partition, or gives one twice or to a stranger, is told of`() {
    let t = TestTopics.id("t"), u = TestTopics.id("u")
    let subscription = GroupSubscription(members: [.init(id: "a", topics: [t]), .init(id: "b", topics: [t, u].sorted())], isHomogeneous: false) { $0 == t ? 2 : 1 }
    func told(_ a: [(Uuid, [Int32])], _ b: [(Uuid, [Int32])]) -> [String] {
      self.told { subscription.requireEachOnce([PartitionAssignment(a), PartitionAssignment(b)], "g") }
    }
    #expect(told([(t, [0])], [(t, [1]), (u, [0])]) == [])
    #expect(told([(t, [0])], [(t, [1])]) == ["group g: the target gives away 2 partitions, of 3"])
    #expect(told([(t, [0, 1])], [(t, [1]), (u, [0])]).first == "group g: the target gives \(t)-1 to b, which others have or nobody can")
    #expect(told([(t, [0, 2])], [(t, [1]), (u, [0])]).first == "group g: the target gives \(t)-2 to a, which others have or nobody can")
    #expect(told([(t, [0]), (u, [0])], [(t, [1])]) == ["group g: the target gives a partitions of \(u), to which it does not subscribe"])
  }

  // MARK: Offsets

  @Test func `Offsets of transactions that do not count, or are told too early, are told of`() {
    let fixture = ShardFixture()
    _ = fixture.commitOffsets([("t", 0, 5)])
    fixture.commitOffsets(ofTransaction: 7, [("t", 0, 9)])
    let table = fixture.shard.transactionalOffsets[7] ?? OffsetTable()
    #expect(told { fixture.shard.requireTaken(table) } == ["group g: the transaction that committed 9 for t-0 is committed, and an earlier offset counts"])
    let earlier = fixture.shard.offsets["g", "t", 0], later = table["g", "t", 0]
    #expect(told { if let later { fixture.shard.requireLater(later, than: earlier) } } == [])
    #expect(told { if let earlier { fixture.shard.requireLater(earlier, than: later) } } == ["an offset of a transaction, 5, replaces 9, which was committed after it"])
    var response = OffsetFetchResponse.OffsetFetchResponseGroup(), topic = OffsetFetchResponse.OffsetFetchResponseTopics()
    var partition = OffsetFetchResponse.OffsetFetchResponsePartitions()
    partition.committedOffset = 5
    topic.name = "t"
    topic.partitions = [partition]
    (response.groupId, response.topics) = ("g", [topic])
    #expect(told { fixture.shard.requireStable(response) } == ["group g: 5 is told for t-0, which producer 7 is about to replace"])
    #expect(told { fixture.endTransaction(of: 7, committed: true) } == [])
    #expect(told { fixture.shard.requireStable(response); fixture.shard.requireTaken(table) } == [])
  }

  @Test func `A commit of a former generation that got through is told of`() {
    let fixture = stable()
    #expect(told { fixture.shard.requireCommitterOwns("g", "a", 1, []) } == [])
    #expect(told { fixture.shard.requireCommitterOwns("g", "a", 0, []) } == ["group g: a commits in generation 0, and the group is in generation 1"])
  }
}
