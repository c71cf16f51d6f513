import Coordination
import Host
import MarkExpectations
import Primitives
import Testing
import Wire

@testable import Groups

/// Classic groups: literal schedules of requests, and what each of them is answered.
@Suite struct ClassicGroupTests {
  /// A group in its first generation, whose members have their assignments: their ids in capital letters.
  private func stable(_ members: [String], _ change: (inout GroupSettings) -> Void = { _ in }) -> ShardFixture {
    let fixture = ShardFixture(change)
    for id in members { _ = fixture.joinInTwoSteps(id) }
    fixture.run(.seconds(6))
    for id in members {
      fixture.sync(as: id, generation: 1, assigning: id == members[0] ? members.map { ($0, $0.uppercased()) } : [])
    }
    _ = fixture.news()
    return fixture
  }

  @Test func `A member gets its id first, joins with it, and leads a group of one after the initial delay`() {
    let fixture = ShardFixture()
    fixture.join(newID: "a")
    #expect(fixture.news() == ["1 joined MEMBER_ID_REQUIRED a"])
    #expect(fixture.records.count == 1 && fixture.state == .empty)
    fixture.join(as: "a")
    fixture.run(.milliseconds(2_999))
    #expect(fixture.news().isEmpty && fixture.state == .preparingRebalance)
    fixture.run(.milliseconds(1))
    #expect(fixture.news() == ["2 joined a generation 1 range led by a of a"])
    #expect(fixture.state == .completingRebalance)
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A")])
    #expect(fixture.news() == ["3 synced A"])
    #expect(fixture.state == .stable)
    #expect(fixture.heartbeat(as: "a", generation: 1) == .none)
  }

  @Test func `Before version 4 a member joins without an id, and learns it with the generation`() {
    let fixture = ShardFixture()
    fixture.join(version: 3, newID: "a")
    fixture.run(.seconds(3))
    #expect(fixture.news() == ["1 joined a generation 1 range led by a of a"])
  }

  @Test func `A member that comes while a new group waits extends the wait, up to the rebalance timeout`() {
    let fixture = ShardFixture()
    fixture.join(version: 0, rebalance: 7_000, newID: "a")
    fixture.run(.seconds(2))
    fixture.join(version: 0, rebalance: 7_000, newID: "b")
    fixture.run(.seconds(3))
    fixture.join(version: 0, rebalance: 7_000, newID: "c")
    fixture.run(.milliseconds(999))
    #expect(fixture.news().isEmpty)
    // 3 s, 3 s more, and what was left of seven.
    fixture.run(.milliseconds(1_001))
    #expect(fixture.news() == [
      "1 joined a generation 1 range led by a of a,b,c", "2 joined b generation 1 range led by a", "3 joined c generation 1 range led by a",
    ])
    #expect(fixture.now == Instant(nanoseconds: 7_000_000_000))
  }

  @Test func `A third member makes the others join again, and all get the next generation together`() {
    let fixture = stable(["a", "b"])
    let third = fixture.joinInTwoSteps("c")
    #expect(fixture.state == .preparingRebalance)
    #expect(fixture.heartbeat(as: "a", generation: 1) == .rebalanceInProgress)
    _ = fixture.news()
    fixture.join(as: "a")
    #expect(fixture.news().isEmpty)
    fixture.join(as: "b")
    #expect(fixture.news() == [
      "\(third + 1) joined a generation 2 range led by a of a,b,c", "\(third + 2) joined b generation 2 range led by a", "\(third) joined c generation 2 range led by a",
    ])
    let waiting = fixture.sync(as: "c", generation: 2)
    #expect(fixture.news().isEmpty)
    let leader = fixture.sync(as: "a", generation: 2, assigning: [("a", "1"), ("c", "3")])
    #expect(fixture.news() == ["\(leader) synced 1", "\(waiting) synced 3"])
    // Nothing was assigned to it.
    let last = fixture.sync(as: "b", generation: 2)
    #expect(fixture.news() == ["\(last) synced "])
  }

  @Test func `A member that does not join again in time is left behind`() {
    let fixture = stable(["a", "b"])
    let third = fixture.joinInTwoSteps("c")
    fixture.join(as: "a")
    _ = fixture.news()
    for _ in 0..<11 {
      fixture.run(.seconds(5))
      #expect(fixture.heartbeat(as: "b", generation: 1) == .rebalanceInProgress)
    }
    #expect(fixture.news().isEmpty)
    expectMark(.memberMissedRebalance) { fixture.run(.seconds(5)) }
    #expect(fixture.news() == ["\(third + 1) joined a generation 2 range led by a of a,c", "\(third) joined c generation 2 range led by a"])
    #expect(fixture.heartbeat(as: "b", generation: 1) == .unknownMemberId)
  }

  @Test func `A member that is silent for its session timeout is removed, and the others rebalance`() {
    let fixture = stable(["a", "b"])
    fixture.run(.seconds(8))
    #expect(fixture.heartbeat(as: "a", generation: 1) == .none)
    fixture.run(.seconds(2))
    #expect(fixture.members == ["a"] && fixture.state == .preparingRebalance)
    #expect(fixture.heartbeat(as: "b", generation: 1) == .unknownMemberId)
  }

  @Test func `An offset commit counts as a heartbeat`() {
    let fixture = stable(["a"])
    fixture.run(.seconds(8))
    #expect(fixture.commitOffsets(as: "a", generation: 1, [("t", 0, 5)]) == [.none])
    fixture.run(.seconds(8))
    #expect(fixture.state == .stable)
    fixture.run(.seconds(2))
    #expect(fixture.members.isEmpty)
  }

  @Test func `The last member leaves, and the group is empty in a new generation`() {
    let fixture = stable(["a", "b"])
    #expect(fixture.leave([("a", nil), ("nobody", nil)]) == [.none, .unknownMemberId])
    #expect(fixture.state == .preparingRebalance)
    #expect(fixture.leave([("b", nil)]) == [.none])
    #expect(fixture.state == .empty && fixture.group()?.generation == 2)
    #expect(fixture.replayed().recordedState == fixture.shard.recordedState)
    #expect(fixture.heartbeat(as: "b", generation: 1) == .unknownMemberId)
  }

  @Test func `Requests from unknown members, old generations or another protocol type are refused`() {
    let fixture = stable(["a"])
    #expect(fixture.heartbeat(as: "x", generation: 1) == .unknownMemberId)
    #expect(fixture.heartbeat(as: "a", generation: 0) == .illegalGeneration)
    #expect(fixture.heartbeat("unknown", as: "a", generation: 1) == .unknownMemberId)
    fixture.join(as: "x")
    fixture.join("unknown", as: "x")
    fixture.join(type: "connect")
    fixture.join(protocols: [("sticky", "t")])
    fixture.join(session: 5_999)
    fixture.sync(as: "a", generation: 1, name: "sticky")
    fixture.sync(as: "a", generation: 2)
    let first = fixture.news()
    #expect(first.map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == [
      "joined UNKNOWN_MEMBER_ID x", "refused UNKNOWN_MEMBER_ID", "joined INCONSISTENT_GROUP_PROTOCOL ", "joined INCONSISTENT_GROUP_PROTOCOL ",
      "refused INVALID_SESSION_TIMEOUT", "synced INCONSISTENT_GROUP_PROTOCOL", "synced ILLEGAL_GENERATION",
    ].map { $0.trimmingSpace })
    #expect(fixture.state == .stable)
  }

  @Test func `A follower that joins again unchanged gets the generation, and a leader makes all members rebalance`() {
    let fixture = stable(["a", "b"])
    let follower = fixture.join(as: "b")
    #expect(fixture.news() == ["\(follower) joined b generation 1 range led by a"])
    fixture.join(as: "a")
    #expect(fixture.news().isEmpty && fixture.state == .preparingRebalance)
  }

  @Test func `The protocol is one that all members support, and the one most of them prefer`() {
    let fixture = ShardFixture()
    _ = fixture.joinInTwoSteps("a", protocols: [("range", "t"), ("sticky", "t")])
    _ = fixture.joinInTwoSteps("b", protocols: [("sticky", "t"), ("range", "t"), ("own", "t")])
    _ = fixture.joinInTwoSteps("c", protocols: [("sticky", "t"), ("range", "t")])
    fixture.run(.seconds(6))
    #expect(fixture.group()?.protocolName == "sticky")
  }

  @Test func `A full group refuses new members, and keeps its own`() {
    let fixture = stable(["a", "b"]) { $0.maxSize = 2 }
    let stranger = fixture.join(newID: "c")
    #expect(fixture.news() == ["\(stranger) joined GROUP_MAX_SIZE_REACHED "])
    #expect(fixture.heartbeat(as: "b", generation: 1) == .none)
  }

  @Test func `Members that never ask for their assignment are removed after the rebalance timeout`() {
    let fixture = ShardFixture()
    for id in ["a", "b"] { _ = fixture.joinInTwoSteps(id) }
    fixture.run(.seconds(6))
    fixture.sync(as: "a", generation: 1, assigning: [("a", "A"), ("b", "B")])
    for _ in 0..<12 {
      _ = fixture.heartbeat(as: "a", generation: 1)
      _ = fixture.heartbeat(as: "b", generation: 1)
      fixture.run(.seconds(5))
    }
    #expect(fixture.members == ["a"])
  }

  @Test func `An assignment that is not recorded leads to an error, and the group starts again`() {
    let fixture = ShardFixture()
    fixture.join(version: 0, newID: "a")
    fixture.run(.seconds(3))
    _ = fixture.news()
    fixture.holdsRecords = true
    let sync = fixture.sync(as: "a", generation: 1, assigning: [("a", "A")])
    #expect(fixture.news().isEmpty)
    fixture.commit(.coordinatorNotAvailable)
    #expect(fixture.news() == ["\(sync) synced COORDINATOR_NOT_AVAILABLE"])
    #expect(fixture.state == .preparingRebalance)
  }

  @Test func `An assignment that is committed after the group has changed is dropped`() {
    let fixture = ShardFixture()
    for id in ["a", "b"] { _ = fixture.joinInTwoSteps(id) }
    fixture.run(.seconds(6))
    _ = fixture.news()
    fixture.holdsRecords = true
    let sync = fixture.sync(as: "a", generation: 1, assigning: [("a", "A"), ("b", "B")])
    expectMark(.rebalanceInterrupted) { _ = fixture.leave([("b", nil)]) }
    #expect(fixture.news() == ["\(sync) synced REBALANCE_IN_PROGRESS"])
    expectMark(.assignmentTooLate) { fixture.commit() }
    #expect(fixture.news().isEmpty && fixture.state == .preparingRebalance)
  }

  // MARK: Static members

  /// A static member and a dynamic one, the static one leading.
  private func withStaticMember() -> ShardFixture {
    let fixture = ShardFixture()
    fixture.join(instance: "i", newID: "i-1")
    _ = fixture.joinInTwoSteps("b")
    fixture.run(.seconds(6))
    fixture.sync(as: "i-1", generation: 1, assigning: [("i-1", "I"), ("b", "B")], instance: "i")
    fixture.sync(as: "b", generation: 1)
    _ = fixture.news()
    return fixture
  }

  @Test func `A static member that comes back has its assignment without a rebalance, and its previous instance is fenced`() {
    let fixture = withStaticMember()
    let back = fixture.join(instance: "i", newID: "i-2")
    #expect(fixture.news() == ["\(back) joined i-2 generation 1 range led by i-2 of b,i-2 skipping"])
    #expect(fixture.state == .stable)
    #expect(fixture.heartbeat(as: "i-1", generation: 1, instance: "i") == .fencedInstanceId)
    let sync = fixture.sync(as: "i-2", generation: 1, instance: "i")
    #expect(fixture.news() == ["\(sync) synced I"])
    #expect(fixture.replayed().recordedState == fixture.shard.recordedState)
  }

  @Test func `Before version 9, a leader that comes back is told the former leader, so that it does not assign`() {
    let fixture = withStaticMember()
    let back = fixture.join(instance: "i", version: 8, newID: "i-2")
    #expect(fixture.news() == ["\(back) joined i-2 generation 1 range led by i-1"])
  }

  @Test func `If the record of its return fails, a static member keeps its old identity`() {
    let fixture = withStaticMember()
    fixture.holdsRecords = true
    let back = fixture.join(instance: "i", newID: "i-2")
    fixture.commit(.notCoordinator)
    #expect(fixture.news() == ["\(back) joined NOT_COORDINATOR "])
    #expect(fixture.heartbeat(as: "i-1", generation: 1, instance: "i") == .none)
  }

  @Test func `A static member that does not join a rebalance stays in the group until its session expires`() {
    let fixture = withStaticMember()
    _ = fixture.joinInTwoSteps("c")
    fixture.join(as: "b")
    fixture.run(.seconds(9))
    #expect(fixture.state == .preparingRebalance)
    fixture.run(.seconds(1))
    #expect(fixture.state == .completingRebalance && fixture.members == ["b", "c"])
  }

  @Test func `An operator removes a static member by its instance id`() {
    let fixture = withStaticMember()
    #expect(fixture.leave([("", "i"), ("", "unknown")]) == [.none, .unknownMemberId])
    #expect(fixture.members == ["b"])
  }

  // MARK: Another coordinator

  @Test func `A new coordinator has the same state, and sessions begin with it`() {
    let fixture = stable(["a", "b"])
    let next = ShardFixture()
    next.shard = fixture.replayed()
    #expect(next.shard.recordedState == fixture.shard.recordedState)
    next.now = fixture.now + .seconds(100)
    next.shard.loaded(at: next.time)
    #expect(next.heartbeat(as: "b", generation: 1) == .none)
    next.run(.seconds(10))
    #expect(next.members.isEmpty)
  }

  @Test func `Waiting requests get an error when the coordinator moves away`() {
    let fixture = ShardFixture()
    _ = fixture.joinInTwoSteps("a")
    _ = fixture.news()
    expectMark(.groupMovedWhileJoining) { fixture.shard.unloaded() }
    #expect(fixture.shard.takeAnswers() == [.join(ticket: 2, JoinGroupResponse(.notCoordinator, member: "a"))])
  }

  @Test func `The invariants of a group hold through its life, and a wrong count breaks them`() {
    let fixture = stable(["a", "b"])
    _ = fixture.joinInTwoSteps("c")
    var check = InvariantCheck()
    fixture.shard.checkInvariants(&check, "shard")
    #expect(check.broken.isEmpty && check.examined > 0)
    fixture.shard.groups["g"]?.classic?.awaitingJoins = 3
    var second = InvariantCheck()
    fixture.shard.checkInvariants(&second, "shard")
    #expect(second.broken == ["shard, group g: 1 members wait for the others, 3 are counted"])
  }
}

extension String {
  fileprivate var trimmingSpace: String { last == " " ? String(dropLast()) : self }
}
