import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

/// Changes of the voters that lose what was committed, step by step. Each is bad with its switch, and good without.
@Suite struct VoterChangeHazardTests {
  /// K5, the error of 2015 in Raft's change of one server at a time. A leader that has committed nothing in its epoch adds a voter, and is cut off. The next one,
  /// which does not know of that, adds another and commits. The first one comes back with its own set, and a majority of that has none of it.
  @Test(arguments: [false, true]) func `Changes before a commit in the epoch have majorities without a common member`(isRequired: Bool) throws {
    let quorum = DynamicQuorum(controllers: 6, firstVoters: [1, 2, 3, 4]) {
      $0.switches.requireHighWatermarkInEpoch = isRequired
      // Whoever looks for a leader behind a cut goes on to the next node soon.
      $0.fetchMaxWait = .milliseconds(100)
      $0.requestTimeout = .milliseconds(200)
    }
    let world = quorum.quorum.world
    let former = try quorum.leader()
    quorum.node(former).append("before")
    quorum.run(3000)
    // Epoch 2: a leads with the votes of all, and no voter fetches from it. u follows it.
    let a: Int32 = former == 1 ? 2 : 1, rest = (1...4).map { Int32($0) }.filter { $0 != a }, u: Int32 = 5, v: Int32 = 6
    quorum.replica(a).stand()
    #expect(world.runUntil(world.now + .seconds(1)) { quorum.replica(a).isLeader })
    var cuts = [world.apply(NetworkFault.partition([[a, u].map(quorum.index), (rest + [v]).map(quorum.index)]), name: "a and u")]
    // Epoch 3: b leads with the set of old, and d is cut off before it has anything of that epoch.
    var b: Int32?, d: Int32 = 0
    world.onOccurrence = { _, _, occurrence in
      guard case .controllerElected(let id, _) = occurrence, b == nil, rest.contains(id.value) else { return }
      b = id.value
      d = rest.last { $0 != b }!
      cuts.append(world.apply(NetworkFault.isolate([quorum.index(d)]), name: "d"))
    }
    quorum.run(1300)
    #expect(quorum.replica(a).isLeader && !quorum.replica(a).isActive && quorum.replica(u).leader?.id == NodeID(a))
    let first = quorum.add(u, at: a)
    quorum.run(100)
    #expect(first.error == (isRequired ? .requestTimedOut : nil))
    #expect(quorum.voters(at: u).contains(NodeID(u)) == !isRequired)
    #expect(world.runUntil(world.now + .seconds(10)) { b != nil })
    let second = try #require(b)
    #expect(world.runUntil(world.now + .seconds(2)) { quorum.replica(v).leader?.id == NodeID(second) })
    quorum.run(200)
    let addition = quorum.add(v, at: second)
    quorum.run(150)
    quorum.node(second).append("lost")
    quorum.run(300)
    if isRequired {
      #expect(addition.error == .requestTimedOut && quorum.node(second).topics == ["before"])
    } else {
      #expect(addition.error == ErrorCode.none && quorum.node(second).topics == ["before", "lost"] && quorum.node(v).topics == ["before", "lost"])
    }
    // Epoch 4: a, u and d are a majority of the set that a has.
    for cut in cuts { world.lift(cut) }
    let cut = world.apply(NetworkFault.partition([[a, u, d].map(quorum.index), (1...6).map { Int32($0) }.filter { ![a, u, d].contains($0) }.map(quorum.index)]), name: "a, u and d")
    _ = world.runUntil(world.now + .seconds(30)) { quorum.replica(a).isActive || quorum.replica(u).isActive }
    let winner = [a, u].first { quorum.replica($0).isActive }
    #expect((winner != nil) == !isRequired)
    if let winner {
      quorum.node(winner).append("instead")
      quorum.run(500)
      #expect(quorum.node(winner).topics == ["before", "instead"])
    }
    world.lift(cut)
    guard isRequired else { return }
    quorum.run(10_000)
    let leader = try quorum.leader()
    quorum.node(leader).append("after")
    quorum.run(5000)
    for id: Int32 in 1...6 { #expect(quorum.node(id).topics.first == "before" && quorum.node(id).topics.last == "after") }
  }

  /// K6, KAFKA-20740: the request for a change times out before the change is committed, and the next one is taken up on top of it.
  @Test(arguments: [false, true]) func `A second change on top of one that is not committed makes two quorums`(isKnownFromLog: Bool) throws {
    let quorum = DynamicQuorum(controllers: 5, firstVoters: [1, 2, 3]) { $0.switches.pendingChangeFromLog = isKnownFromLog }
    let world = quorum.quorum.world
    let leader = try quorum.leader(), others = (1...3).map { Int32($0) }.filter { $0 != leader }
    quorum.node(leader).append("before")
    quorum.run(3000)
    let cut = world.apply(NetworkFault.partition([[leader, 4, 5].map(quorum.index), others.map(quorum.index)]), name: "two voters")
    let first = quorum.add(4, at: leader)
    #expect(world.runUntil(world.now + .milliseconds(2500)) { first.error != nil })
    #expect(first.error == .requestTimedOut && quorum.voters(at: leader) == [1, 2, 3, 4])
    let second = quorum.add(5, at: leader)
    quorum.run(300)
    quorum.node(leader).append("here")
    quorum.run(200)
    let next = try quorum.leader(otherThan: leader)
    quorum.node(next).append("there")
    quorum.run(500)
    #expect(quorum.node(next).topics == ["before", "there"])
    if isKnownFromLog {
      #expect(second.error == .requestTimedOut && quorum.node(leader).topics == ["before"])
      world.lift(cut)
      quorum.run(8000)
      for id: Int32 in 1...5 { #expect(quorum.node(id).topics == ["before", "there"] && quorum.voters(at: id) == [1, 2, 3]) }
    } else {
      #expect(second.error == ErrorCode.none && quorum.node(leader).topics == ["before", "here"])
    }
  }

  /// N10. Of two voters the leader removes itself, and ends before the other one has the record: that one gets no vote of a longer log, and the other is no voter by its
  /// own.
  @Test(arguments: [false, true]) func `A leader that was removed and ends before anybody else has that is needed once more`(stands: Bool) throws {
    let quorum = DynamicQuorum(controllers: 2, firstVoters: [1, 2]) { $0.switches.standUntilRemovalIsCommitted = stands }
    let world = quorum.quorum.world
    let leader = try quorum.leader(), other: Int32 = leader == 1 ? 2 : 1
    quorum.node(leader).append("before")
    quorum.run(3000)
    let cut = world.apply(NetworkFault.isolate([quorum.index(other)]), name: "the other one")
    let answer = quorum.remove(leader, at: leader)
    quorum.run(300)
    #expect(answer.error == nil && quorum.voters(at: leader) == [NodeID(other)] && quorum.voters(at: other) == [1, 2])
    world.kill(quorum.index(leader))
    world.lift(cut)
    quorum.run(500)
    world.start(quorum.index(leader))
    _ = world.runUntil(world.now + .seconds(30)) { quorum.replica(other).isActive }
    #expect(quorum.replica(other).isActive == stands)
    #expect(quorum.broken == [])
    guard stands else { return }
    quorum.run(5000)
    quorum.node(other).append("after")
    quorum.run(1000)
    for id in [leader, other] { #expect(quorum.voters(at: id) == [NodeID(other)] && quorum.node(id).topics == ["before", "after"]) }
    // Now that it knows, it stands no more.
    world.kill(quorum.index(other))
    quorum.run(20_000)
    #expect(!quorum.replica(leader).isStanding && quorum.replica(leader).epoch == quorum.replica(leader).latestEpoch)
  }
}
