import Coordination
import Primitives
import Testing
import Wire

@testable import Groups

@Suite struct ConsumerGroupTests {
  @Test func `The first member gets everything immediately, in the epoch and with the records that Kafka writes`() throws {
    var world = GroupWorld(TestTopics(["t": 3]))
    let answer = try world.heartbeat(world.join("a"))
    #expect(answer.memberId == "a")
    #expect(answer.memberEpoch == 2)
    #expect(answer.heartbeatIntervalMs == 5_000)
    #expect(answer.partitions == [0, 1, 2])
    #expect(try world.types(since: 0) == [5, 3, 7, 6, 8])
    #expect(world.group.state == .stable)
  }

  @Test func `A heartbeat without changes writes nothing and returns no assignment`() throws {
    var world = GroupWorld(TestTopics(["t": 3]))
    try world.heartbeat(world.join("a"))
    let before = world.written.count
    #expect(try world.heartbeat(world.beat("a", 2)).assignment == nil)
    #expect(world.written.count == before)
  }

  @Test func `A second member waits until the first has given partitions back, and then gets them`() throws {
    var world = GroupWorld(TestTopics(["t": 4]))
    try world.heartbeat(world.join("a"))
    let joined = try world.heartbeat(world.join("b"))
    #expect(joined.memberEpoch == 3)
    #expect(joined.partitions == [])
    #expect(world.group.members["b"]?.state == .unreleasedPartitions)
    #expect(world.group.state == .reconciling)

    // The first hears what it may keep, stays in its epoch, and has the rest until it says otherwise.
    let revoking = try world.heartbeat(world.beat("a", 2))
    #expect(revoking.memberEpoch == 2)
    #expect(revoking.partitions == [0, 1])
    #expect(world.group.members["a"]?.state == .unrevokedPartitions)
    #expect(try world.heartbeat(world.beat("b", 3)).assignment == nil)
    #expect(try world.heartbeat(world.beat("a", 2, owned: ["t": [0, 1, 2]])).memberEpoch == 2)

    #expect(try world.heartbeat(world.beat("a", 2, owned: ["t": [0, 1]])).memberEpoch == 3)
    #expect(try world.heartbeat(world.beat("b", 3)).partitions == [2, 3])
    #expect(world.group.state == .stable)
    #expect(world.group.members["b"]?.assigned.epoch(of: 2, of: TestTopics.id("t")) == 3)
    #expect(world.group.members["a"]?.assigned.epoch(of: 0, of: TestTopics.id("t")) == 2)
  }

  @Test func `Three members that join together share evenly when all have reported their partitions`() throws {
    var world = GroupWorld(TestTopics(["t": 7]))
    for member in ["a", "b", "c"] { try world.heartbeat(world.join(member)) }
    for _ in 0..<3 {
      for member in ["a", "b", "c"] {
        try world.heartbeat(world.beat(member, world.group.members[member]!.epoch, owned: ["t": world.partitions(member)]))
      }
    }
    #expect(world.group.state == .stable)
    #expect(["a", "b", "c"].map { world.partitions($0).count }.sorted() == [2, 2, 3])
    #expect(["a", "b", "c"].flatMap { world.partitions($0) }.sorted() == [0, 1, 2, 3, 4, 5, 6])
  }

  @Test func `A member that leaves frees its partitions`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a"))
    try world.heartbeat(world.join("b"))
    let before = world.written.count
    let left = try world.heartbeat(world.beat("a", -1))
    #expect(left.memberEpoch == -1)
    #expect(try world.types(since: before) == [8, 7, 5, 3])
    #expect(try world.heartbeat(world.beat("b", 3)).partitions == [0, 1])
    #expect(world.group.members.keys == ["b"])
  }

  @Test func `A member that does not give partitions back within its rebalance timeout is removed`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a"))
    try world.heartbeat(world.join("b"))
    try world.heartbeat(world.beat("a", 2))
    world.pass(.seconds(29))
    try world.heartbeat(world.beat("a", 2))
    try world.heartbeat(world.beat("b", 3))
    try world.expire()
    #expect(world.group.members.keys == ["a", "b"])
    world.pass(.seconds(1))
    try world.expire()
    #expect(world.group.members.keys == ["b"])
    #expect(try world.heartbeat(world.beat("b", 3)).partitions == [0, 1])
  }

  @Test func `A member that is silent for a session is removed`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a"))
    world.pass(.milliseconds(44_999))
    try world.expire()
    #expect(world.group.members.keys == ["a"])
    world.pass(.milliseconds(1))
    try world.expire()
    #expect(world.group.members.isEmpty)
    #expect(world.group.state == .empty)
    expectRefusal(.unknownMemberId) { try world.heartbeat(world.beat("a", 2)) }
  }

  @Test func `A new coordinator gives every member a full session`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a"))
    world.pass(.seconds(40))
    world.group = world.reader
    world.group.startTimers(settings: world.settings, at: world.now)
    world.pass(.seconds(44))
    try world.expire()
    #expect(world.group.members.keys == ["a"])
    world.pass(.seconds(1))
    try world.expire()
    #expect(world.group.members.isEmpty)
  }

  @Test func `Other epochs than the current one are fenced, except the previous one if the response may have been lost`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a"))
    expectRefusal(.fencedMemberEpoch) { try world.heartbeat(world.beat("a", 3)) }
    expectRefusal(.fencedMemberEpoch) { try world.heartbeat(world.beat("a", 1)) }
    // The answer to the join was lost: it comes once more.
    #expect(try world.heartbeat(world.join("a")).partitions == [0, 1])
    try world.heartbeat(world.join("b"))
    try world.heartbeat(world.beat("a", 2))
    try world.heartbeat(world.beat("a", 2, owned: ["t": [0]]))
    #expect(world.group.members["a"]?.epoch == 3)
    #expect(try world.heartbeat(world.beat("a", 2, owned: ["t": [0]])).memberEpoch == 3)
    expectRefusal(.fencedMemberEpoch) { try world.heartbeat(world.beat("a", 2, owned: ["t": [0, 1]])) }
    expectRefusal(.fencedMemberEpoch) { try world.heartbeat(world.beat("a", 2)) }
  }

  @Test func `A fenced member starts again during its session, and has given up revoked partitions`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a"))
    try world.heartbeat(world.join("b"))
    let revoking = try world.heartbeat(world.beat("a", 2))
    #expect(revoking.memberEpoch == 2 && revoking.partitions?.count == 1)
    #expect(world.group.members["a"]?.state == .unrevokedPartitions)
    let again = try world.heartbeat(world.join("a"))
    #expect(again.memberEpoch == 3 && again.partitions == revoking.partitions)
    #expect(try world.heartbeat(world.join("a")).memberEpoch == 3)
    #expect(try world.heartbeat(world.beat("b", 3)).partitions?.count == 1)
    #expect(world.group.members.keys == ["a", "b"] && world.group.epoch == 3)
  }

  @Test func `A static member that comes back gets its partitions, and no other member changes`() throws {
    var world = GroupWorld(TestTopics(["t": 4]))
    try world.heartbeat(world.join("a", instance: "i"))
    try world.heartbeat(world.join("b"))
    try world.heartbeat(world.beat("a", 2, instance: "i"))
    try world.heartbeat(world.beat("a", 2, instance: "i", owned: ["t": [0, 1]]))
    try world.heartbeat(world.beat("b", 3))
    expectRefusal(.unreleasedInstanceId) { try world.heartbeat(world.join("c", instance: "i")) }

    #expect(try world.heartbeat(world.beat("a", -2, instance: "i")).memberEpoch == -2)
    #expect(world.group.members["a"]?.assigned.epoch(of: 0, of: TestTopics.id("t")) == 0)
    let epoch = world.group.epoch
    let back = try world.heartbeat(world.join("c", instance: "i"))
    #expect(back.memberEpoch == 3)
    #expect(back.partitions == [0, 1])
    #expect(world.group.epoch == epoch)
    #expect(world.group.members.keys == ["b", "c"])
    expectRefusal(.fencedInstanceId) { try world.heartbeat(world.beat("a", 3, instance: "i")) }
    expectRefusal(.unknownMemberId) { try world.heartbeat(world.beat("a", 3, instance: "j")) }
  }

  @Test func `A static member that does not come back within its session is removed`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a", instance: "i"))
    try world.heartbeat(world.beat("a", -2, instance: "i"))
    world.pass(.seconds(45))
    try world.expire()
    #expect(world.group.members.isEmpty)
    #expect(world.group.member(of: "i") == nil)
  }

  @Test func `A topic that grows raises the epoch with the next heartbeat`() throws {
    var world = GroupWorld(TestTopics(["t": 1, "other": 1]))
    try world.heartbeat(world.join("a"))
    world.topics.add("other", 5)
    #expect(try world.heartbeat(world.beat("a", 2)).memberEpoch == 2)
    world.topics.add("t", 2)
    let grown = try world.heartbeat(world.beat("a", 2))
    #expect(grown.memberEpoch == 3)
    #expect(grown.partitions == [0, 1])
  }

  @Test func `A topic that is created after its subscription is consumed, and a deleted one is not`() throws {
    var world = GroupWorld(TestTopics())
    #expect(try world.heartbeat(world.join("a")).partitions == [])
    #expect(world.group.metadataHash == 0)
    world.topics.add("t", 2)
    #expect(try world.heartbeat(world.beat("a", 2)).partitions == [0, 1])
    world.topics.remove("t")
    #expect(try world.heartbeat(world.beat("a", 3)).partitions == [])
    #expect(try world.heartbeat(world.beat("a", 3, owned: [:])).memberEpoch == 4)
  }

  @Test func `A pattern is resolved after the join, and again when topics are created, at most every ten seconds`() throws {
    var world = GroupWorld(TestTopics(["t": 1, "u": 1]))
    #expect(try world.heartbeat(world.join("a", [], pattern: "t.*")).partitions == [])
    try world.expire()
    #expect(world.group.patterns["t.*"]?.topics == ["t"])
    #expect(try world.heartbeat(world.beat("a", 2)).partitions == [0])
    world.topics.add("t2", 1)
    world.pass(.seconds(10))
    try world.heartbeat(world.beat("a", 3))
    try world.expire()
    #expect(world.group.patterns["t.*"]?.topics == ["t"])
    world.pass(.milliseconds(1))
    try world.heartbeat(world.beat("a", 3))
    try world.expire()
    #expect(world.group.patterns["t.*"]?.topics == ["t", "t2"])
    #expect(try world.heartbeat(world.beat("a", 3)).assignment?.topicPartitions.count == 2)
    try world.heartbeat(world.beat("a", -1))
    #expect(world.group.patterns.isEmpty)
  }

  @Test func `An invalid pattern is refused and changes nothing`() throws {
    var world = GroupWorld(TestTopics(["t": 1]))
    expectRefusal(.invalidRegularExpression) { try world.heartbeat(world.join("a", [], pattern: "t[")) }
    #expect(world.written.isEmpty)
  }

  @Test func `A member that drops a topic gives it back before it moves on`() throws {
    var world = GroupWorld(TestTopics(["t": 2, "u": 2]))
    try world.heartbeat(world.join("a", ["t", "u"]))
    var request = world.beat("a", 2, owned: ["t": [0, 1], "u": [0, 1]])
    request.subscribedTopicNames = ["t"]
    let answer = try world.heartbeat(request)
    #expect(answer.memberEpoch == 2)
    #expect(answer.assignment?.topicPartitions.map(\.topicId) == [TestTopics.id("t")])
    #expect(try world.heartbeat(world.beat("a", 2, owned: ["t": [0, 1]])).memberEpoch == 3)
    #expect(world.group.owner(of: 0, of: TestTopics.id("u")) == nil)
  }

  @Test func `A target stays for the assignment interval, and the first heartbeat after it computes the next`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    world.settings.assignmentInterval = .seconds(1)
    try world.heartbeat(world.join("a"))
    world.pass(.milliseconds(999))
    let joined = try world.heartbeat(world.join("b"))
    #expect(joined.memberEpoch == 2)
    #expect(joined.partitions == [])
    #expect(world.group.state == .assigning)
    world.pass(.milliseconds(1))
    try world.heartbeat(world.beat("a", 2))
    #expect(world.group.targetEpoch == 3)
    #expect(world.group.state == .reconciling)
  }

  @Test func `A full group accepts no new member, and keeps its own`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    world.settings.maximumSize = 1
    try world.heartbeat(world.join("a"))
    expectRefusal(.groupMaxSizeReached) { try world.heartbeat(world.join("b")) }
    try world.heartbeat(world.beat("a", 2))
  }

  @Test func `The assignor that most members prefer is used`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    #expect(world.group.assignor(world.settings) == .uniform)
    for (member, assignor) in [("a", "range"), ("b", "range"), ("c", "uniform")] {
      var request = world.join(member)
      request.serverAssignor = assignor
      try world.heartbeat(request)
    }
    #expect(world.group.assignor(world.settings) == .range)
    #expect(world.group.description(topics: world.topics, settings: world.settings).assignorName == "range")
  }

  @Test func `Invalid requests are refused`() throws {
    let world = GroupWorld(TestTopics())
    func refusal(of request: ConsumerGroupHeartbeatRequest, version: Int16 = 1, _ code: ErrorCode = .invalidRequest) {
      expectRefusal(code) { try ConsumerGroup.check(request, version: version, settings: world.settings) }
    }
    refusal(of: world.join(""))
    refusal(of: world.join("a", instance: " "))
    refusal(of: world.beat("a", -3))
    refusal(of: world.beat("a", -2))
    refusal(of: world.beat("", 1), version: 0)
    var request = world.join("a")
    request.topicPartitions = nil
    refusal(of: request)
    request = world.join("a")
    request.subscribedTopicNames = nil
    refusal(of: request)
    request = world.join("a")
    request.rebalanceTimeoutMs = -1
    refusal(of: request)
    request = world.join("a")
    request.serverAssignor = "mine"
    refusal(of: request, .unsupportedAssignor)
    try ConsumerGroup.check(world.join(""), version: 0, settings: world.settings)
  }

  @Test func `A client of version 0 gets an id for its member`() throws {
    var world = GroupWorld(TestTopics(["t": 1]))
    #expect(try world.heartbeat(world.join(""), version: 0).memberId == "made")
  }

  @Test func `A group is described with the current and the target assignments of its members`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a"))
    try world.heartbeat(world.join("b"))
    let description = world.group.description(topics: world.topics, settings: world.settings)
    #expect(description.groupState == "Reconciling")
    #expect(description.groupEpoch == 3)
    #expect(description.assignmentEpoch == 3)
    #expect(description.members.map(\.memberId) == ["a", "b"])
    #expect(description.members[0].assignment.topicPartitions.first?.partitions == [0, 1])
    #expect(description.members[0].targetAssignment.topicPartitions.first?.partitions == [0])
    #expect(description.members[1].targetAssignment.topicPartitions.first?.topicName == "t")
    #expect(description.members[1].memberType == 1)
  }

  @Test func `A group is removed with all records that were written about it`() throws {
    var world = GroupWorld(TestTopics(["t": 2]))
    try world.heartbeat(world.join("a", pattern: "u"))
    try world.expire()
    expectRefusal(.nonEmptyGroup) { try world.group.checkDeletion() }
    let records = try world.group.removal()
    var keys: [Bytes] = []
    for record in world.written where !keys.contains(record.key) { keys.append(record.key) }
    #expect(records.allSatisfy { $0.value == nil })
    for key in keys { #expect(records.contains { $0.key == key }) }
    let last = try #require(records.last)
    #expect(try ConsumerGroupRecord(type: 3, key: last.key, value: last.value).deletesGroup)
  }
}
