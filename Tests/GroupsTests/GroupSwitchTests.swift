import Coordination
import Host
import Primitives
import Testing
import Wire

@testable import Groups

/// Each switch of a coordinator of groups in both positions.
@Suite struct GroupSwitchTests {
  /// A classic group in its first generation, in which each member is assigned its id in capital letters.
  private func stable(_ members: [String], _ change: (inout GroupSettings) -> Void) -> ShardFixture {
    let fixture = ShardFixture(change)
    for id in members { _ = fixture.joinInTwoSteps(id) }
    fixture.run(.seconds(6))
    for id in members { fixture.sync(as: id, generation: 1, assigning: id == members[0] ? members.map { ($0, $0.uppercased()) } : []) }
    _ = fixture.news()
    return fixture
  }

  @Test(arguments: [true, false])
  func `A commit of an old generation is refused, or overwrites later commits`(isFenced: Bool) {
    let fixture = stable(["a", "b"]) { $0.switches.fenceCommits = isFenced }
    #expect(fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 200)]) == [.none])
    #expect(fixture.commitOffsets(as: "b", generation: 0, [("t", 0, 100)]) == [isFenced ? .illegalGeneration : .none])
    #expect(fixture.commitOffsets(as: "gone", generation: 1, [("u", 0, 100)]) == [isFenced ? .unknownMemberId : .none])
    #expect(fixture.offsets() == (isFenced ? ["t-0 200"] : ["t-0 100", "u-0 100"]))
  }

  @Test func `A commit in the previous epoch counts for the partitions of that time, or not at all`() throws {
    var world = GroupWorld(TestTopics(["t": 1]))
    try world.heartbeat(world.join("a"))
    world.topics.add("t", 2)
    try world.heartbeat(world.beat("a", 2))
    let committer = ConsumerGroup.Committer(memberId: "a", epoch: 2, version: 9)
    let partition = [(topic: Optional(TestTopics.id("t")), partition: Int32(0))]
    try world.group.checkCommit(by: committer, for: partition, fence: .range)
    expectRefusal(.staleMemberEpoch) { try world.group.checkCommit(by: committer, for: partition, fence: .equality) }
    try world.group.checkCommit(by: ConsumerGroup.Committer(memberId: "a", epoch: 3, version: 9), for: partition, fence: .equality)
  }

  @Test func `A partition is reassigned when it was given up, or immediately`() throws {
    for releasesEarly in [false, true] {
      let world = MigrationWorld { $0.switches.releaseWithoutAck = releasesEarly }
      #expect(world.beat("a") == "2 [0, 1, 2]")
      #expect(world.beat("b") == (releasesEarly ? "3 [2]" : "3 []"))
    }
  }

  @Test(arguments: [true, false])
  func `A member that was replaced under its instance id is fenced, or continues with its successor's partitions`(isFenced: Bool) {
    let fixture = ShardFixture { $0.switches.fenceStaticMembers = isFenced }
    fixture.join(instance: "i", newID: "a")
    fixture.run(.seconds(3))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")], instance: "i")
    let second = fixture.join(instance: "i", newID: "b")
    #expect(fixture.joins[second]?.errorCode == ErrorCode.none)
    #expect(fixture.heartbeat(as: "a", generation: 1, instance: "i") == (isFenced ? .fencedInstanceId : .none))
    #expect(fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 5)], instance: "i") == [isFenced ? .fencedInstanceId : .none])
    #expect(fixture.heartbeat(as: "b", generation: 1, instance: "i") == .none)
    // Who joins again under the id of old is a stranger in either case.
    let again = fixture.join(as: "a", instance: "i")
    #expect(fixture.joins[again]?.errorCode == (isFenced ? .fencedInstanceId : .unknownMemberId))
  }

  @Test(arguments: [true, false])
  func `The next coordinator knows a static member by its new id, or by its old one`(isPersisted: Bool) {
    let fixture = ShardFixture { $0.switches.persistReplacedMemberID = isPersisted }
    fixture.join(instance: "i", newID: "a")
    fixture.run(.seconds(3))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")], instance: "i")
    let second = fixture.join(instance: "i", newID: "b")
    #expect(fixture.joins[second]?.errorCode == ErrorCode.none && fixture.heartbeat(as: "b", generation: 1, instance: "i") == .none)
    fixture.shard = fixture.replayed()
    fixture.shard.loaded(at: fixture.time)
    #expect(fixture.heartbeat(as: "b", generation: 1, instance: "i") == (isPersisted ? .none : .fencedInstanceId))
    #expect(fixture.heartbeat(as: "a", generation: 1, instance: "i") == (isPersisted ? .fencedInstanceId : .none))
  }

  @Test(arguments: [true, false])
  func `A new member that is never heard of again is removed after its session, or holds up its group`(isCounted: Bool) {
    let fixture = ShardFixture { $0.switches.countVanishedMember = isCounted }
    // The first to come leads.
    fixture.join(version: 0, newID: "vanished")
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(6))
    #expect(fixture.state == .completingRebalance)
    fixture.sync(as: "a", generation: 1)
    for _ in 0..<12 {
      fixture.run(.seconds(5))
      _ = fixture.heartbeat(as: "a", generation: 1)
    }
    #expect(fixture.members.contains("vanished") == !isCounted)
    #expect(fixture.state == (isCounted ? .preparingRebalance : .completingRebalance))
  }

  @Test(arguments: [false, true])
  func `Offsets of a rebalancing group stay, or expire as if their topic had no subscriber`(doesExpire: Bool) {
    let fixture = stable(["a", "b"]) {
      $0.offsetRetention = .seconds(60)
      $0.switches.expireDuringRebalance = doesExpire
    }
    #expect(fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 5)]) == [.none])
    // Nothing is committed for longer than offsets are retained.
    for _ in 0..<10 {
      fixture.run(.seconds(8))
      for id in ["a", "b"] { _ = fixture.heartbeat(as: id, generation: 1) }
    }
    fixture.carryOut(CoordinatorDecision(fixture.shard.expiredOffsets(at: fixture.time), ()))
    #expect(fixture.offsets() == ["t-0 5"])
    _ = fixture.joinInTwoSteps("c")
    #expect(fixture.state == .preparingRebalance)
    fixture.carryOut(CoordinatorDecision(fixture.shard.expiredOffsets(at: fixture.time), ()))
    #expect(fixture.offsets() == (doesExpire ? [] : ["t-0 5"]))
  }
}
