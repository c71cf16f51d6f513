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
  func `The first KIP-848 member converts a classic group, and partitions move when they are given back`(moves: Bool) throws {
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

  @Test func `A member that keeps its partitions while it joins gives back what it must, and joins once more`() {
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

  @Test func `A member that waits for the next generation of a classic group is told to join again`() {
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

  @Test func `A group that waits for its first generation becomes a KIP-848 group as well, and its members rejoin`() {
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
  func `A policy that does not allow it leaves the classic group as it is`(policy: GroupMigrationPolicy) {
    let world = MigrationWorld(policy: policy)
    world.beginClassic()
    #expect(world.beat("c") == "GROUP_ID_NOT_FOUND")
    #expect(world.classic?.state == .stable && world.heartbeat("a", 1) == .none)
  }

  @Test func `Groups of another type, with too many members, or with a custom assignor stay classic`() {
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

  @Test func `A group stays classic if the log does not accept the conversion`() {
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

  @Test func `Requests of the classic protocol are checked as in a classic group`() {
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

  @Test func `A classic member is removed when it is silent, does not join again, or does not request its assignment`() {
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

  @Test func `When the last KIP-848 member leaves, the group is classic again, with its members and offsets`() {
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

  @Test func `A coordinator that takes over a converted classic group makes the members rebalance, because their assignments are gone`() {
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

  @Test func `A coordinator that forgets what a group of another type had to do finds the members with their partitions`() {
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

  @Test func `An expired session or an operator can also convert a group to a classic one`() {
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
  func `A policy that does not allow it leaves classic members in a KIP-848 group`(policy: GroupMigrationPolicy) {
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
  func `A static member that comes back with the classic protocol as the last of the other type converts the group`(topics: [String]) {
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

  @Test func `A static classic member may come back with the other protocol, and takes its place`() {
    let world = MigrationWorld()
    world.join("a", isNew: true, instance: "i", version: 9)
    world.run(.zero)
    world.sync("a", 1, assigning: [("a", [0, 1, 2])], instance: "i")
    #expect(world.beat("m", instance: "i") == "2 [0, 1, 2]")
    #expect(world.consumer?.members.keys == ["m"])
    #expect(world.heartbeat("a", 1, instance: "i") == .fencedInstanceId)
  }

  @Test func `An empty group gets the type of its next member, and keeps its offsets`() {
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
