import Coordination
import Primitives
import Testing
import Wire

@testable import Groups

/// Groups of KIP-848 among the others of their partition.
@Suite struct ConsumerGroupShardTests {
  /// The shard that decides, and one that reads what was written.
  private struct World {
    var shard = GroupShard(
      settings: GroupSettings(),
      cluster: TestTopics(["t": 2]) { id, settings in
        if id == "patient" { settings.sessionTimeout = .seconds(60) }
      })
    var reader = GroupShard(settings: GroupSettings())
    var time = CoordinatorTime(now: .zero, wallClock: Timestamp(milliseconds: 1_000_000))

    init() { shard.loaded(at: time) }

    mutating func carryOut<Response>(_ decision: CoordinatorDecision<GroupShard, Response>, error: ErrorCode? = nil) throws -> Response {
      if error == nil {
        for record in decision.records {
          if decision.isReplayed { try shard.replay(record, from: -1) }
          try reader.replay(record, from: -1)
        }
      }
      if error == nil { decision.appended?(&shard, time) }
      decision.settled?(&shard, error, time)
      if error == nil { #expect(shard.recordedState == reader.recordedState) }
      return decision.response
    }

    mutating func run(_ duration: Duration) throws {
      time.now += duration
      time.wallClock = time.wallClock + duration
      while let decision = shard.nextTimedDecision(at: time) { try carryOut(decision) }
    }

    @discardableResult
    mutating func heartbeat(_ group: String, _ member: String, _ epoch: Int32 = 0, pattern: String? = nil) throws -> ConsumerGroupHeartbeatResponse {
      try carryOut(try decide(group, member, epoch, pattern: pattern))
    }

    mutating func decide(
      _ group: String, _ member: String, _ epoch: Int32 = 0, pattern: String? = nil
    ) throws -> CoordinatorDecision<GroupShard, ConsumerGroupHeartbeatResponse> {
      let request = ConsumerGroupHeartbeatRequest {
        $0.groupId = group
        $0.memberId = member
        $0.memberEpoch = epoch
        guard epoch == 0 else { return }
        $0.rebalanceTimeoutMs = 30_000
        $0.subscribedTopicNames = ["t"]
        $0.subscribedTopicRegex = pattern
        $0.topicPartitions = []
      }
      return try shard.heartbeat(request, from: GroupClient(version: 1, id: "c", host: "/10.0.0.1"), newMemberID: { "made" }, at: time)
    }

    mutating func commit(_ group: String, _ member: String, _ epoch: Int32) throws {
      let request = OffsetCommitRequest {
        $0.groupId = group
        $0.memberId = member
        $0.generationIdOrMemberEpoch = epoch
        $0.topics = [
          OffsetCommitRequest.OffsetCommitRequestTopic {
            $0.name = "t"
            $0.partitions = [OffsetCommitRequest.OffsetCommitRequestPartition { $0.committedOffset = 7 }]
          }
        ]
      }
      _ = try carryOut(try shard.commitOffsets(request, version: 9, at: time))
    }
  }

  @Test func `A group begins with its first member, and a replay gives the same state`() throws {
    var world = World()
    #expect(try world.heartbeat("g", "a").memberEpoch == 2)
    #expect(try world.heartbeat("g", "a", 2).memberEpoch == 2)
    #expect(world.shard.list(states: [], types: ["Consumer"], committed: world.reader).map { "\($0.groupId) \($0.groupState) \($0.groupType)" } == ["g Stable consumer"])
    #expect(try world.reader.describeConsumer("g").members.map(\.memberId) == ["a"])
    expectRefusal(.groupIdNotFound) { _ = try world.reader.describeConsumer("h") }
    expectRefusal(.groupIdNotFound) { try world.heartbeat("h", "a", 1) }
  }

  @Test func `Joining, leaving and removed members are reported with the state of the group, once that is written`() throws {
    var world = World()
    func told() -> [String] { GroupOccurrenceTests.words(world.shard.takeOccurrences()) }
    let decision = try world.decide("g", "a")
    #expect(told() == [])
    _ = try world.carryOut(decision)
    #expect(told() == ["a joined", "Stable 2, 1"])
    try world.heartbeat("g", "a", 2)
    #expect(told() == [], "nothing has changed")
    // The assignment interval goes by (KIP-1263).
    try world.run(.seconds(1))
    try world.heartbeat("g", "b")
    #expect(told() == ["b joined", "Reconciling 3, 2"])
    try world.heartbeat("g", "b", -1)
    #expect(told() == ["b left", "Assigning 4, 1"])
    try world.run(.seconds(45))
    #expect(told() == ["a evicted: sessionTimeout", "Empty 5, 0"])
    expectRefusal(.unknownMemberId) { try world.heartbeat("g", "a", 2) }
    #expect(told() == ["a fenced: UNKNOWN_MEMBER_ID"])
  }

  @Test func `An expired session removes the member, by the settings of its group`() throws {
    var world = World()
    try world.heartbeat("g", "a")
    try world.heartbeat("patient", "a")
    try world.run(.seconds(45))
    #expect(try world.reader.describeConsumer("g").groupState == "Empty")
    #expect(try world.reader.describeConsumer("patient").groupState == "Stable")
    try world.run(.seconds(15))
    #expect(try world.reader.describeConsumer("patient").groupState == "Empty")
  }

  @Test func `A pattern is resolved without another heartbeat`() throws {
    var world = World()
    try world.heartbeat("g", "a", pattern: "t.*")
    try world.run(.zero)
    #expect(try world.reader.describeConsumer("g").groupEpoch == 3)
  }

  @Test(arguments: ["session", "revocation", "leave"]) func `A member whose removal the log refuses is removed later`(cause: String) throws {
    var world = World()
    let epoch = try world.heartbeat("g", "a").memberEpoch
    if cause == "revocation" {
      // The other member's partition is still owned by this one, which says nothing about it.
      try world.heartbeat("g", "b")
      try world.heartbeat("g", "a", epoch)
    }
    func members() -> [String] { if case .consumer(let group)? = world.shard.groups["g"] { Array(group.members.keys).sorted() } else { [] } }
    let present = members()
    var refusals = 0
    func pass(_ duration: Duration, refused: Bool) throws {
      world.time.now += duration
      world.time.wallClock = world.time.wallClock + duration
      while let decision = world.shard.nextTimedDecision(at: world.time) {
        if refused, !decision.records.isEmpty { refusals += 1 }
        try world.carryOut(decision, error: refused && !decision.records.isEmpty ? .coordinatorNotAvailable : nil)
      }
    }
    if cause == "leave" {
      _ = try world.carryOut(try world.decide("g", "a", -1), error: .coordinatorNotAvailable)
      #expect(members() == present)
    }
    try pass(.seconds(46), refused: true)
    #expect(refusals > 0 && members() == present)
    try pass(.milliseconds(400), refused: true)
    let refusalsSoFar = refusals
    try pass(.milliseconds(200), refused: true)
    #expect(refusals > refusalsSoFar, "it is tried again half a second later")
    try pass(.milliseconds(600), refused: false)
    #expect(members().isEmpty)
  }

  @Test func `A group whose first member is refused, or whose records are not accepted, never existed`() throws {
    var world = World()
    expectRefusal(.invalidRegularExpression) { try world.heartbeat("g", "a", pattern: "(") }
    #expect(world.shard.groups.isEmpty)
    let decision = try world.decide("g", "a")
    _ = try world.carryOut(decision, error: .coordinatorNotAvailable)
    #expect(world.shard.groups.isEmpty)
    #expect(world.shard.recordedState == world.reader.recordedState)
  }

  @Test func `A group that only has offsets becomes a KIP-848 group and keeps them`() throws {
    var world = World()
    try world.commit("g", "", -1)
    try world.heartbeat("g", "a")
    expectRefusal(.unknownMemberId) { try world.commit("g", "", -1) }
    expectRefusal(.staleMemberEpoch) { try world.commit("g", "a", 1) }
    try world.commit("g", "a", 2)
    let asked = OffsetFetchRequest.OffsetFetchRequestGroup { $0.groupId = "g"; $0.memberId = nil; $0.memberEpoch = -1; $0.topics = nil }
    #expect(try world.reader.fetchOffsets(asked, isStable: false).topics.first?.partitions.first?.committedOffset == 7)
  }

  @Test func `A group with members is not deleted, and an empty one is deleted completely`() throws {
    var world = World()
    try world.heartbeat("g", "a")
    try world.commit("g", "a", 2)
    #expect(try world.carryOut(world.shard.delete(["g"])).map(\.errorCode) == [.nonEmptyGroup])
    try world.heartbeat("g", "a", -1)
    #expect(try world.carryOut(world.shard.delete(["g"])).map(\.errorCode) == [.none])
    #expect(world.shard.groups.isEmpty)
    #expect(world.reader.recordedState.isEmpty)
  }

  @Test func `A group without members is removed when its last offset has expired`() throws {
    var world = World()
    try world.heartbeat("g", "a")
    try world.commit("g", "a", 2)
    try world.heartbeat("g", "a", -1)
    try world.run(.seconds(7 * 24 * 3_600 - 1))
    #expect(!world.shard.groups.isEmpty)
    try world.run(.seconds(1_200))
    #expect(world.shard.groups.isEmpty)
    #expect(world.reader.recordedState.isEmpty)
  }

  @Test func `A coordinator that has loaded gives every member a session`() throws {
    var world = World()
    try world.heartbeat("g", "a")
    world.shard = world.reader
    world.shard.loaded(at: world.time)
    try world.run(.seconds(44))
    #expect(try world.reader.describeConsumer("g").groupState == "Stable")
    try world.run(.seconds(1))
    #expect(try world.reader.describeConsumer("g").groupState == "Empty")
  }
}
