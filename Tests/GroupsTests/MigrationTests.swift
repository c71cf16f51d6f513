import Coordination
import Primitives
import Testing
import Wire

@testable import Groups

/// Groups that change from one protocol to the other while their members go on (KIP-848): literal schedules, and what the log says of them.
@Suite struct MigrationTests {
  /// a and b use the classic protocol, c that of KIP-848: each has one of three partitions, in epoch 2.
  private func mixed(_ policy: GroupMigrationPolicy = .bidirectional, _ change: (inout GroupSettings) -> Void = { _ in }) -> MigrationWorld {
    let world = MigrationWorld(policy: policy, change)
    world.beginClassic()
    _ = world.beat("c")
    for member in ["a", "b"] {
      world.join(member)
      world.sync(member, 2)
    }
    _ = world.beat("c", 2)
    _ = world.news()
    return world
  }

  // MARK: Upwards

  @Test(arguments: [false, true])
  func `the first member of KIP-848 makes a classic group one of its kind, and partitions move when they are given back`(moves: Bool) throws {
    let world = MigrationWorld()
    world.beginClassic()
    #expect(world.commit("a", 1, 5) == .none)
    let before = world.records.count
    #expect(world.beat("c") == "2 []")
    #expect(world.types(since: before) == [2, 5, 5, 3, 7, 7, 6, 8, 8, 5, 3, 7, 7, 6, 8])
    #expect(world.shard.recordedState == world.reader.recordedState)
    if moves { world.move() }

    // Those that were there are told to join again, and are each answered at once.
    #expect(world.heartbeat("a", 1) == .rebalanceInProgress)
    world.join("a")
    world.sync("a", 2)
    #expect(world.news() == ["joined a generation 2 range led by ", "synced [0]"])
    if moves { world.move() }
    #expect(world.beat("c", 2) == "2 [1]")
    #expect(world.heartbeat("b", 1) == .rebalanceInProgress)
    world.join("b")
    world.sync("b", 2)
    #expect(world.news() == ["joined b generation 2 range led by ", "synced [2]"])

    #expect(world.heartbeat("a", 2) == .none && world.heartbeat("b", 2) == .none && world.beat("c", 2) == "2")
    #expect(world.consumer?.state == .stable)
    #expect(world.committed() == 5)
    #expect(world.commit("a", 2, 6) == .none && world.committed() == 6)
    #expect(world.shard.recordedState == world.reader.recordedState)
    #expect(try world.reader.describeConsumer("g").members.map { "\($0.memberId) \($0.memberType)" } == ["a 0", "b 0", "c 1"])
  }

  @Test func `a member that keeps its partitions while it joins gives back what it has to, and joins once more`() {
    let world = MigrationWorld()
    world.beginClassic()
    _ = world.beat("c")
    // As a cooperative member says it.
    world.join("a", owned: [0, 1])
    world.sync("a", 1)
    #expect(world.news() == ["joined a generation 1 range led by ", "synced [0]"])
    #expect(world.heartbeat("a", 1) == .rebalanceInProgress)
    #expect(world.beat("c", 2) == "2")
    world.join("a", owned: [0])
    #expect(world.news() == ["joined a generation 2 range led by "])
    #expect(world.beat("c", 2) == "2 [1]")
  }

  @Test func `whoever waits for the next generation of a classic group is told to join again`() {
    let world = MigrationWorld()
    world.beginClassic()
    world.join("d", isNew: true)
    #expect(world.news().isEmpty && world.classic?.state == .preparingRebalance)
    #expect(world.beat("c") == "2 []")
    #expect(world.news() == ["joined REBALANCE_IN_PROGRESS d"])
    #expect(world.consumer?.members.keys == ["a", "b", "c", "d"])
    world.join("a")
    world.sync("a", 2)
    world.join("d")
    world.sync("d", 2)
    #expect(world.news() == [
      "joined a generation 2 range led by ", "synced [0]", "joined d generation 2 range led by ", "synced [1]",
    ])
  }

  @Test func `a group that waits for its first generation becomes one of KIP-848 as well, and its members join anew`() {
    let world = MigrationWorld { $0.initialRebalanceDelay = .seconds(3) }
    world.join("a", isNew: true)
    #expect(world.beat("c") == "2 [1, 2]")
    #expect(world.news() == ["joined REBALANCE_IN_PROGRESS a"])
    world.join("a")
    world.sync("a", 2)
    #expect(world.news() == ["joined a generation 2 range led by ", "synced [0]"])
    #expect(world.shard.recordedState == world.reader.recordedState)
  }

  @Test(arguments: [GroupMigrationPolicy.disabled, .downgrade])
  func `a policy that does not allow it leaves the classic group as it is`(policy: GroupMigrationPolicy) {
    let world = MigrationWorld(policy: policy)
    world.beginClassic()
    #expect(world.beat("c") == "GROUP_ID_NOT_FOUND")
    #expect(world.classic?.state == .stable && world.heartbeat("a", 1) == .none)
  }

  @Test func `groups of another kind, of too many members, or with an assignor of their own stay classic`() {
    let other = MigrationWorld()
    other.join("a", isNew: true, type: "connect")
    other.run(.zero)
    #expect(other.beat("c") == "GROUP_ID_NOT_FOUND")

    let large = MigrationWorld { $0.consumer.maximumSize = 1 }
    large.beginClassic()
    #expect(large.beat("c") == "GROUP_ID_NOT_FOUND")

    let own = MigrationWorld()
    own.join("a", isNew: true)
    own.run(.zero)
    own.sync("a", 1, assigning: [("a", [0])], userData: Bytes("mine"))
    #expect(own.beat("c") == "GROUP_ID_NOT_FOUND")
    #expect(own.classic?.state == .stable)
  }

  @Test func `a group stays classic where the log does not take what makes it another`() {
    let world = MigrationWorld()
    world.beginClassic()
    world.join("d", isNew: true)
    world.refusesRecords = true
    _ = world.beat("c")
    #expect(world.news().isEmpty && world.classic?.state == .preparingRebalance)
    world.refusesRecords = false
    #expect(world.beat("c") == "2 []")
    #expect(world.news() == ["joined REBALANCE_IN_PROGRESS d"])
  }

  // MARK: Members of both kinds

  @Test func `requests of the classic protocol are checked as in a classic group`() {
    let world = mixed()
    #expect(world.heartbeat("x", 2) == .unknownMemberId)
    #expect(world.heartbeat("c", 2) == .unknownMemberId)
    #expect(world.heartbeat("a", 1) == .illegalGeneration)
    world.join("x", isNew: true, version: 9)
    world.join("x", isNew: true, protocols: ["sticky"])
    world.join("x", isNew: true, type: "connect")
    world.sync("a", 1)
    world.sync("c", 2)
    #expect(world.news() == [
      "joined MEMBER_ID_REQUIRED x", "refused INCONSISTENT_GROUP_PROTOCOL", "refused INCONSISTENT_GROUP_PROTOCOL", "refused ILLEGAL_GENERATION",
      "refused UNKNOWN_MEMBER_ID",
    ])
    // It has given 1 away since.
    #expect(world.commit("a", 1, 7, partition: 1) == .illegalGeneration)
    #expect(world.leave([("x", nil), ("", "i"), ("a", nil)]) == [.unknownMemberId, .unknownMemberId, .none])
    #expect(world.consumer?.members.keys == ["b", "c"])
    #expect(world.shard.recordedState == world.reader.recordedState)
  }

  @Test func `a member of the classic protocol is taken out when it is silent, does not join again, or does not ask for its assignment`() {
    let silent = mixed()
    silent.run(.seconds(10))
    #expect(silent.consumer?.members.keys == ["c"])

    func remaining(_ world: MigrationWorld, _ generation: Int32) -> [String]? {
      for _ in 0..<12 {
        world.run(.seconds(5))
        _ = world.heartbeat("a", generation)
        _ = world.beat("c", world.consumer?.members["c"]?.epoch ?? 0, owned: [])
      }
      return world.consumer?.members.keys
    }
    let idle = MigrationWorld()
    idle.beginClassic()
    _ = idle.beat("c")
    #expect(idle.heartbeat("a", 1) == .rebalanceInProgress)
    #expect(remaining(idle, 1) == ["c"])

    let unsynced = MigrationWorld()
    unsynced.join("a", isNew: true)
    unsynced.run(.zero)
    unsynced.sync("a", 1, assigning: [("a", [0, 1, 2])])
    _ = unsynced.beat("c")
    unsynced.join("a")
    #expect(remaining(unsynced, 2) == ["c"])
  }

  // MARK: Downwards

  @Test func `when the last member of KIP-848 leaves the group is classic again, with the members and offsets that it had`() {
    let world = mixed()
    #expect(world.commit("a", 2, 5) == .none)
    let before = world.records.count
    #expect(world.beat("c", -1) == "-1")
    #expect(world.types(since: before) == [8, 8, 8, 7, 7, 7, 6, 5, 5, 5, 4, 3, 2])
    #expect(world.classic?.state == .preparingRebalance && world.classic?.generation == 2)
    #expect(world.heartbeat("a", 2) == .rebalanceInProgress)
    world.join("a")
    world.join("b")
    #expect(world.news() == ["joined a generation 3 range led by a of a,b", "joined b generation 3 range led by a"])
    world.sync("a", 3, assigning: [("a", [0, 1]), ("b", [2])])
    world.sync("b", 3)
    #expect(world.news() == ["synced [0, 1]", "synced [2]"])
    #expect(world.committed() == 5 && world.commit("b", 3, 8) == .none)
    #expect(world.shard.recordedState == world.reader.recordedState)
  }

  @Test func `a coordinator that takes over a group that became classic has the members rebalance, since nobody has what is left`() {
    let world = mixed()
    _ = world.beat("c", -1)
    world.move()
    #expect(world.classic?.state == .preparingRebalance && world.heartbeat("a", 2) == .rebalanceInProgress)
    world.join("a")
    world.join("b")
    #expect(world.news() == ["joined a generation 3 range led by a of a,b", "joined b generation 3 range led by a"])
    world.sync("a", 3, assigning: [("a", [0, 1]), ("b", [2])])
    world.sync("b", 3)
    world.move()
    #expect(world.classic?.state == .stable && world.heartbeat("a", 3) == .none)
  }

  @Test func `a coordinator that forgets what a group of another kind had to do finds the members with what they had`() {
    let world = mixed { $0.switches.keepRebalanceOfDowngrade = false }
    _ = world.beat("c", -1)
    world.move()
    #expect(world.classic?.state == .stable && world.heartbeat("a", 2) == .none)
    world.sync("a", 2)
    world.sync("b", 2)
    #expect(world.news() == ["synced [0]", "synced [2]"])
    // And it can go up again.
    #expect(world.beat("c") == "3 [1]")
  }

  @Test func `a session that ends, and an operator, make a group classic as well`() {
    let silent = mixed()
    for _ in 0..<9 {
      silent.run(.seconds(5))
      _ = silent.heartbeat("a", 2)
      _ = silent.heartbeat("b", 2)
    }
    #expect(silent.classic?.members.keys == ["a", "b"])

    let removed = mixed()
    #expect(removed.leave([("c", nil)]) == [.none])
    #expect(removed.classic?.members.keys == ["a", "b"])
  }

  @Test(arguments: [GroupMigrationPolicy.disabled, .upgrade])
  func `a policy that does not allow it leaves classic members in a group of KIP-848`(policy: GroupMigrationPolicy) {
    let world = mixed()
    let strict = MigrationWorld(policy: policy)
    for record in world.records { try? strict.reader.replay(record, from: -1) }
    strict.move()
    #expect(strict.beat("c", -1) == "-1")
    #expect(strict.consumer?.members.keys == ["a", "b"])
    for member in ["a", "b"] {
      #expect(strict.heartbeat(member, 2) == .rebalanceInProgress)
      strict.join(member)
      strict.sync(member, 3)
    }
    #expect(strict.news() == [
      "joined a generation 3 range led by ", "synced [0]", "joined b generation 3 range led by ", "synced [1, 2]",
    ])
  }

  @Test(arguments: [["t"], ["t", "u"]])
  func `a static member that comes back with the classic protocol as the last of the other makes the group classic`(topics: [String]) {
    let world = MigrationWorld()
    world.join("a", isNew: true)
    world.run(.zero)
    world.sync("a", 1, assigning: [("a", [0, 1, 2])])
    #expect(world.beat("s", instance: "i") == "2 []")
    world.join("a")
    world.sync("a", 2)
    #expect(world.beat("s", 2, instance: "i") == "2 [2]")
    _ = world.news()

    world.join("s2", isNew: true, instance: "i", topics: topics, version: 9)
    #expect(world.classic?.members.keys == ["a", "s2"])
    #expect(world.beat("s", 2, instance: "i") == "GROUP_ID_NOT_FOUND")
    guard topics == ["t"] else {
      // What it subscribes to has changed: all of them assign anew.
      #expect(world.classic?.state == .preparingRebalance)
      return
    }
    #expect(world.classic?.state == .stable)
    world.sync("s2", 2, instance: "i")
    #expect(world.news() == ["joined s2 generation 2 range led by ", "synced [2]"])
    #expect(world.heartbeat("a", 2) == .none && world.heartbeat("s2", 2, instance: "i") == .none)
    #expect(world.shard.recordedState == world.reader.recordedState)
  }

  @Test func `a static member of the classic protocol may come back with the other one, and takes its place`() {
    let world = MigrationWorld()
    world.join("a", isNew: true, instance: "i", version: 9)
    world.run(.zero)
    world.sync("a", 1, assigning: [("a", [0, 1, 2])], instance: "i")
    #expect(world.beat("m", instance: "i") == "2 [0, 1, 2]")
    #expect(world.consumer?.members.keys == ["m"])
    #expect(world.heartbeat("a", 1, instance: "i") == .fencedInstanceId)
  }

  @Test func `an empty group is of the kind of its next member, and keeps its offsets`() {
    let world = MigrationWorld(policy: .disabled)
    #expect(world.beat("c") == "2 [0, 1, 2]")
    #expect(world.commit("c", 2, 5) == .none)
    #expect(world.beat("c", -1) == "-1")
    let before = world.records.count
    world.join("a", isNew: true)
    #expect(world.types(since: before) == [6, 4, 3, 2])
    world.run(.zero)
    #expect(world.news() == ["joined a generation 1 range led by a of a"])
    #expect(world.leave([("a", nil)]) == [.none])
    #expect(world.beat("c") == "2 [0, 1, 2]")
    #expect(world.committed() == 5)
    #expect(world.shard.recordedState == world.reader.recordedState)
  }
}
