import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

/// A dynamic quorum (KIP-853): who is a voter stands in the log, and changes by one voter at a time.
@Suite struct VoterChangeTests {
  @Test func `Controllers that are formatted with the first voters elect a leader, and the others find it`() throws {
    let quorum = DynamicQuorum(controllers: 5, firstVoters: [1, 2, 3], brokers: 1)
    let leader = try quorum.leader()
    #expect(leader <= 3)
    quorum.run(3000)
    for id: Int32 in 1...5 {
      #expect(quorum.voters(at: id) == [1, 2, 3])
      #expect(quorum.replica(id).leader?.id == NodeID(leader))
      #expect(quorum.replica(id).isVoter == (id <= 3))
      #expect(quorum.replica(id).kraftVersion == 1)
    }
    // The first leader has written the voters into the log, for those that were not formatted with them.
    #expect(quorum.replica(4).voterSetOffset == 2)
    #expect(quorum.broken == [])
  }

  @Test func `A controller that follows is made a voter, and counts`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    let answer = quorum.add(4, at: leader)
    #expect(answer.error == nil)
    quorum.run(500)
    #expect(answer.error == ErrorCode.none)
    for id: Int32 in 1...4 { #expect(quorum.voters(at: id) == [1, 2, 3, 4]) }
    // Of four, three are a majority: two do not commit.
    let others = (1...3).filter { $0 != leader }.map { quorum.index(Int32($0)) }
    for other in others { quorum.quorum.world.kill(other) }
    var committed: Result<Offset, QuorumAppendError>?
    quorum.node(leader).append("a") { committed = $0 }
    quorum.run(1000)
    #expect(committed == nil)
    quorum.quorum.world.start(others[0])
    quorum.run(1000)
    #expect((try? committed?.get()) != nil)
    #expect(quorum.broken == [])
  }

  @Test func `A voter that is removed neither votes nor stands`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3, 4])
    let leader = try quorum.leader()
    quorum.run(2000)
    let removed = leader == 4 ? Int32(3) : 4
    let answer = quorum.remove(removed, at: leader)
    quorum.run(500)
    #expect(answer.error == ErrorCode.none)
    #expect(!quorum.replica(removed).isVoter && quorum.replica(removed).voters.count == 3)
    quorum.quorum.world.kill(quorum.index(leader))
    let next = try quorum.leader(otherThan: leader)
    #expect(next != removed)
    quorum.run(5000)
    #expect(quorum.replica(removed).leader?.id == NodeID(next))
    #expect(quorum.broken == [])
  }

  @Test func `A leader that is removed leads until that is committed and hands over`() throws {
    let quorum = DynamicQuorum(controllers: 3, firstVoters: [1, 2, 3])
    let told = Resignations(quorum.quorum.world)
    let leader = try quorum.leader()
    quorum.run(2000)
    let answer = quorum.remove(leader, at: leader)
    #expect(quorum.replica(leader).isLeader && !quorum.replica(leader).isVoter)
    quorum.run(1500)
    #expect(answer.error == ErrorCode.none)
    #expect(told.reasons == [.removed])
    let next = try quorum.leader(otherThan: leader)
    #expect(quorum.voters(at: next).count == 2)
    quorum.run(3000)
    #expect(quorum.replica(leader).leader?.id == NodeID(next))
    #expect(quorum.broken == [])
  }

  @Test func `A leader outside of the voters does not count itself`() throws {
    let quorum = DynamicQuorum(controllers: 3, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(2000)
    let others = (1...3).filter { $0 != leader }.map { quorum.index(Int32($0)) }
    quorum.quorum.world.kill(others[0])
    let answer = quorum.remove(leader, at: leader)
    quorum.run(1000)
    // The leader and one of two voters have the record: a majority of two is two.
    #expect(answer.error == nil)
    #expect(quorum.replica(leader).isLeader)
    quorum.quorum.world.start(others[0])
    quorum.run(1000)
    #expect(answer.error == ErrorCode.none)
    #expect(!quorum.replica(leader).isLeader)
  }

  @Test func `Requests that name nothing that can be changed are refused`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader(), follower: Int32 = leader == 1 ? 2 : 1
    quorum.run(3000)
    #expect(quorum.add(4, at: follower).error == .notLeaderOrFollower)
    #expect(quorum.remove(3, at: follower).error == .notLeaderOrFollower)
    #expect(quorum.add(4, at: leader) { $0.clusterId = "another" }.error == .inconsistentClusterId)
    #expect(quorum.remove(3, at: leader) { $0.clusterId = "another" }.error == .inconsistentClusterId)
    #expect(quorum.add(4, at: leader) { $0.voterDirectoryId = .zero }.error == .invalidRequest)
    #expect(quorum.remove(3, at: leader) { $0.voterDirectoryId = .zero }.error == .invalidRequest)
    #expect(quorum.add(4, at: leader) { $0.voterId = -1 }.error == .invalidRequest)
    #expect(quorum.add(4, at: leader) { $0.listeners = [] }.error == .invalidRequest)
    #expect(quorum.add(4, at: leader) { $0.listeners[0].name = "OTHER" }.error == .invalidRequest)
    #expect(quorum.add(follower, at: leader).error == .duplicateVoter)
    // Another directory of a voter's node is no other voter: the former one has to be removed first.
    #expect(quorum.add(follower, at: leader) { $0.voterDirectoryId = Uuid(high: 9, low: 9) }.error == .duplicateVoter)
    #expect(quorum.remove(4, at: leader).error == .voterNotFound)
    #expect(quorum.remove(follower, at: leader) { $0.voterDirectoryId = Uuid(high: 9, low: 9) }.error == .voterNotFound)
    #expect(quorum.voters(at: leader) == [1, 2, 3])
  }

  @Test func `The only voter is not removed`() throws {
    let quorum = DynamicQuorum(controllers: 1, firstVoters: [1])
    let leader = try quorum.leader()
    quorum.run(500)
    #expect(quorum.remove(1, at: leader).error == .voterNotFound)
  }

  @Test func `A lone voter becomes two and then three, and survives the first one`() throws {
    let quorum = DynamicQuorum(controllers: 3, firstVoters: [1], brokers: 1)
    _ = try quorum.leader()
    quorum.run(3000)
    for id: Int32 in [2, 3] {
      let answer = quorum.add(id, at: 1)
      quorum.run(1000)
      #expect(answer.error == ErrorCode.none)
    }
    quorum.node(1).append("a")
    quorum.run(500)
    quorum.quorum.world.kill(quorum.index(1))
    let next = try quorum.leader(otherThan: 1)
    quorum.node(next).append("b")
    quorum.run(3000)
    for node in [quorum.node(2), quorum.node(3), quorum.quorum.node(quorum.quorum.observers[0])] { #expect(node.topics == ["a", "b"]) }
    #expect(quorum.broken == [])
  }

  @Test func `A node that is not there, or supports no kraft version, is not added`() throws {
    let quorum = DynamicQuorum(controllers: 5, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    quorum.node(4).kraftVersions = 0...0
    let old = quorum.add(4, at: leader)
    quorum.run(200)
    #expect(old.error == .invalidRequest && old.message?.contains("kraft.version 0 to 0") == true)
    quorum.quorum.world.kill(quorum.index(5))
    let absent = quorum.add(5, at: leader)
    quorum.run(3000)
    #expect(absent.error == .requestTimedOut)
    #expect(quorum.voters(at: leader) == [1, 2, 3])
    #expect(quorum.replica(leader).leading?.change == nil)
  }

  @Test func `A replica that has never caught up is not added`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    // The node is there, and nobody has fetched for that directory.
    let answer = quorum.add(4, at: leader) { $0.voterDirectoryId = Uuid(high: 9, low: 9) }
    quorum.run(500)
    #expect(answer.error == .requestTimedOut && answer.message?.contains("has not caught up") == true)
    #expect(quorum.voters(at: leader) == [1, 2, 3])
    let other = quorum.add(4, at: leader)
    quorum.run(500)
    #expect(other.error == ErrorCode.none)
  }

  @Test func `A second change waits for the first one`() throws {
    let quorum = DynamicQuorum(controllers: 5, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    let first = quorum.add(4, at: leader), second = quorum.add(5, at: leader), third = quorum.remove(leader == 1 ? 2 : 1, at: leader)
    #expect(second.error == .requestTimedOut && third.error == .requestTimedOut)
    quorum.run(500)
    #expect(first.error == ErrorCode.none)
    let again = quorum.add(5, at: leader)
    quorum.run(500)
    #expect(again.error == ErrorCode.none && quorum.voters(at: leader) == [1, 2, 3, 4, 5])
  }

  @Test func `A request that does not wait for the commit is answered when the record is appended, and stays pending`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    let answer = quorum.add(4, at: leader) { $0.ackWhenCommitted = false }
    #expect(quorum.quorum.world.runUntil(quorum.quorum.world.now + .seconds(1)) { answer.error != nil })
    #expect(answer.error == ErrorCode.none && quorum.replica(leader).leading?.change != nil)
    quorum.run(500)
    #expect(quorum.replica(leader).leading?.change == nil)
  }

  @Test func `A change ends with the leadership, and its record with the log of the next leader`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    let cut = quorum.quorum.world.apply(NetworkFault.partition([[quorum.index(leader), quorum.index(4)], (1...3).filter { $0 != leader }.map { quorum.index($0) }]), name: "cut")
    let answer = quorum.add(4, at: leader)
    quorum.run(200)
    #expect(quorum.voters(at: leader) == [1, 2, 3, 4] && quorum.voters(at: 4) == [1, 2, 3, 4])
    let next = try quorum.leader(otherThan: leader)
    quorum.node(next).append("a")
    quorum.run(3000)
    #expect(answer.error == .requestTimedOut || answer.error == .notLeaderOrFollower)
    quorum.quorum.world.lift(cut)
    quorum.run(8000)
    for id: Int32 in 1...4 { #expect(quorum.voters(at: id) == [1, 2, 3]) }
    #expect(!quorum.replica(4).isVoter)
    #expect(quorum.broken == [])
  }

  @Test func `Voters outlive a restart and a power loss`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    let answer = quorum.add(4, at: leader)
    #expect(quorum.quorum.world.runUntil(quorum.quorum.world.now + .seconds(1)) { answer.error != nil })
    quorum.quorum.world.powerLoss(quorum.quorum.voters, unsynced: .dropped)
    for index in quorum.quorum.voters { quorum.quorum.world.start(index) }
    _ = try quorum.leader()
    quorum.run(4000)
    for id: Int32 in 1...4 { #expect(quorum.voters(at: id) == [1, 2, 3, 4]) }
  }

  @Test func `A voter that has moved tells where it listens`() throws {
    let moved = Moved()
    let quorum = DynamicQuorum(controllers: 3, firstVoters: [1, 2, 3]) { configuration in
      if moved.id == configuration.nodeID { configuration.advertisedAddress = Address(host: "elsewhere", port: 9099) }
    }
    let leader = try quorum.leader(), other: Int32 = leader == 1 ? 2 : 1
    quorum.run(2000)
    moved.id = NodeID(other)
    quorum.quorum.world.restart(quorum.index(other))
    quorum.run(6000)
    for id: Int32 in 1...3 where id != other { #expect(quorum.replica(id).voters.address(of: NodeID(other)) == Address(host: "elsewhere", port: 9099)) }
    // So does a leader that has moved, in the first batch of its epoch.
    quorum.quorum.world.kill(quorum.index(leader))
    #expect(quorum.broken == [])
  }

  @Test func `An update is refused from strangers, with wrong versions and in another epoch`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader(), other: Int32 = leader == 1 ? 2 : 1
    quorum.run(2000)
    func update(_ id: Int32, _ change: (inout UpdateRaftVoterRequest) -> Void = { _ in }) -> UpdateRaftVoterResponse {
      var request = UpdateRaftVoterRequest()
      request.clusterId = "test"
      request.currentLeaderEpoch = quorum.replica(leader).epoch.value
      (request.voterId, request.voterDirectoryId) = (id, quorum.directories[NodeID(id)])
      request.listeners = [.init(name: "CONTROLLER", DynamicQuorum.address(of: id))]
      (request.kRaftVersionFeature.minSupportedVersion, request.kRaftVersionFeature.maxSupportedVersion) = (0, 1)
      change(&request)
      return quorum.replica(leader).handleUpdateVoter(request)
    }
    #expect(update(4).errorCode == .voterNotFound)
    #expect(update(other) { $0.voterDirectoryId = Uuid(high: 9, low: 9) }.errorCode == .voterNotFound)
    #expect(update(other) { $0.voterDirectoryId = .zero }.errorCode == .invalidRequest)
    #expect(update(other) { $0.listeners = [] }.errorCode == .invalidRequest)
    #expect(update(other) { $0.kRaftVersionFeature.maxSupportedVersion = -1 }.errorCode == .invalidRequest)
    #expect(update(other) { $0.kRaftVersionFeature.maxSupportedVersion = 0 }.errorCode == .invalidRequest)
    #expect(update(other) { $0.currentLeaderEpoch -= 1 }.errorCode == .fencedLeaderEpoch)
    #expect(update(other) { $0.currentLeaderEpoch += 1 }.errorCode == .unknownLeaderEpoch)
    #expect(update(other) { $0.clusterId = "another" }.errorCode == .inconsistentClusterId)
    let answer = update(other)
    #expect(answer.errorCode == ErrorCode.none && answer.currentLeader.leaderId == leader && answer.currentLeader.host == "controller-\(leader)")
    // Until the record is committed, no other change is made.
    #expect(update(other).errorCode == .requestTimedOut)
  }

  /// KIP-1186.
  @Test func `Controllers join by themselves, in the place of a former directory too`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3]) { $0.autoJoin = true }
    let leader = try quorum.leader()
    quorum.run(6000)
    #expect(quorum.voters(at: leader) == [1, 2, 3, 4])
    let replaced: Int32 = leader == 3 ? 2 : 3
    quorum.directories.ids[NodeID(replaced)] = Uuid(high: 2, low: 99)
    quorum.quorum.world.replaceDisk(quorum.index(replaced))
    quorum.quorum.world.start(quorum.index(replaced))
    quorum.run(12_000)
    #expect(quorum.replica(leader).voters.voter(NodeID(replaced))?.directory == Uuid(high: 2, low: 99))
    #expect(quorum.replica(replaced).isVoter)
    #expect(quorum.broken == [])
  }

  /// K7: with kraft.version 1 a voter that lost its disk is none, and cannot elect a leader that lacks what was committed.
  @Test func `A voter whose disk was replaced is no voter`() throws {
    let quorum = DynamicQuorum(controllers: 3, firstVoters: [1, 2, 3])
    let world = quorum.quorum.world
    let leader = try quorum.leader(), others = (1...3).map { Int32($0) }.filter { $0 != leader }
    quorum.run(2000)
    let cut = world.apply(NetworkFault.isolate([quorum.index(others[1])]), name: "cut")
    quorum.node(leader).append("a")
    quorum.run(500)
    quorum.directories.ids[NodeID(others[0])] = Uuid(high: 2, low: 99)
    world.replaceDisk(quorum.index(others[0]))
    world.kill(quorum.index(leader))
    world.start(quorum.index(others[0]))
    world.lift(cut)
    quorum.run(15_000)
    #expect(quorum.quorum.leaders == [])
    world.start(quorum.index(leader))
    _ = try quorum.leader()
    quorum.run(4000)
    for id: Int32 in 1...3 { #expect(quorum.node(id).topics == ["a"]) }
  }

  @Test func `Snapshots hold the voters, and who begins with one has them`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3], starts: false) {
      $0.metadataLog.retentionBytes = 0
      $0.metadataLog.segmentBytes = 200
    }
    for id: Int32 in 1...3 { quorum.quorum.world.start(quorum.index(id)) }
    let leader = try quorum.leader(), removed = (1...3).map { Int32($0) }.last { $0 != leader }!
    quorum.run(2000)
    _ = quorum.remove(removed, at: leader)
    quorum.run(500)
    let left = quorum.voters(at: leader)
    for round in 0..<2 {
      quorum.quorum.commit((0..<5).map { "t\(round)-\($0)" }, by: quorum.index(leader))
      quorum.quorum.takeSnapshot(at: quorum.index(leader))
    }
    quorum.run(61_000)
    #expect(quorum.replica(leader).log.logStartOffset > 4)
    let snapshots = quorum.replica(leader).snapshots
    #expect(try snapshots.snapshot(#require(snapshots.latest)).quorumRecords() == [.kraftVersion(1), .voters(quorum.replica(leader).voters)])
    quorum.quorum.world.start(quorum.index(4))
    quorum.run(3000)
    #expect(quorum.node(4).loaded.count == 1 && quorum.voters(at: 4) == left)
    quorum.quorum.world.restart(quorum.index(leader))
    quorum.run(5000)
    #expect(quorum.voters(at: leader) == left)
    #expect(quorum.broken == [])
  }

  @Test func `DescribeQuorum names directories and listeners`() throws {
    let quorum = DynamicQuorum(controllers: 4, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(3000)
    let answer = quorum.replica(leader).describe()
    #expect(answer.topics[0].partitions[0].currentVoters.map(\.replicaDirectoryId) == (1...3).map { quorum.directories[NodeID($0)] })
    #expect(answer.topics[0].partitions[0].observers.map(\.replicaDirectoryId) == [quorum.directories[4]])
    #expect(answer.nodes.map(\.nodeId) == [1, 2, 3])
    #expect(answer.nodes.allSatisfy { $0.listeners.map(\.name) == ["CONTROLLER"] && $0.listeners[0].host == "controller-\($0.nodeId)" })
  }

  @Test func `The state of a dynamic quorum is stored as Kafka stores it`() throws {
    let quorum = DynamicQuorum(controllers: 3, firstVoters: [1, 2, 3])
    let leader = try quorum.leader()
    quorum.run(500)
    let content = try #require(try quorum.node(leader).reactor.disk.content(of: "__cluster_metadata-0/quorum-state"))
    #expect(content == Bytes(#"{"leaderId":\#(leader),"leaderEpoch":1,"votedId":\#(leader),"votedDirectoryId":"\#(quorum.directories[NodeID(leader)])","data_version":1}"#))
    let state = QuorumState(leader: 3, epoch: 7, votedFor: ReplicaKey(id: 2, directory: Uuid(high: 5, low: 6)))
    #expect(QuorumState(decoding: state.content) == state)
    let nobody = Bytes(#"{"leaderId":3,"leaderEpoch":4,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}"#)
    #expect(QuorumState(decoding: nobody) == QuorumState(leader: 3, epoch: 4))
    #expect(QuorumState(decoding: Bytes(#"{"leaderId":3,"leaderEpoch":4,"votedId":1,"votedDirectoryId":"short","data_version":1}"#)) == nil)
  }

  /// One leader for each epoch, one history, and neighbouring voter sets that overlap, whatever happens.
  @Test(arguments: 1...15) func `Faults and changes of the voters never lead to two histories`(seed: UInt64) throws {
    let quorum = DynamicQuorum(controllers: 5, firstVoters: [1, 2, 3], brokers: 1, seed: seed), world = quorum.quorum.world
    var random = RandomStream(seed: seed, purpose: "voter changes")
    var acknowledged: [String] = [], changes = 0, sets: [Offset: [NodeID]] = [:], leaders: [LeaderEpoch: NodeID] = [:]
    world.onOccurrence = { _, _, occurrence in
      switch occurrence {
      case .controllerElected(let id, let epoch):
        #expect(leaders[epoch] == nil || leaders[epoch] == id)
        leaders[epoch] = id
      case .votersCommitted(let change):
        let ids = change.voters.map(\.id)
        #expect(sets[change.offset] == nil || sets[change.offset] == ids)
        sets[change.offset] = ids
      default: break
      }
    }
    for round in 0..<50 {
      let victim = random.pick(quorum.quorum.voters)
      switch random.below(6) {
      case 0:
        world.powerLoss(victim, unsynced: .random)
        world.after(random.between(.milliseconds(100), .milliseconds(3000))) { if !world.isRunning(victim) { world.start(victim) } }
      case 1:
        let cut = world.apply(NetworkFault.isolate([victim]), name: "cut")
        world.after(random.between(.milliseconds(100), .milliseconds(4000))) { world.lift(cut) }
      default: break
      }
      for leader in quorum.quorum.leaders {
        let name = "t\(round)", id = world.id(of: leader).value
        quorum.quorum.node(leader).append(name) { if case .success = $0 { acknowledged.append(name) } }
        let changed = Int32(random.below(5)) + 1
        // See the test below.
        if changed == id, quorum.voters(at: id).count == 2 { continue }
        let answer = quorum.voters(at: id).contains(NodeID(changed)) ? quorum.remove(changed, at: id) : quorum.add(changed, at: id)
        world.after(.seconds(3)) { if answer.error == ErrorCode.none { changes += 1 } }
      }
      quorum.run(random.between(.milliseconds(10), .milliseconds(1500)).milliseconds)
      #expect(quorum.broken == [])
    }
    world.liftAllFaults()
    for index in quorum.quorum.voters where !world.isRunning(index) { world.start(index) }
    quorum.run(15_000)
    let leader = try quorum.leader()
    quorum.node(leader).append("end")
    quorum.run(4000)
    let history = quorum.node(leader).topics
    #expect(history.last == "end" && acknowledged.count > 5 && changes > 2)
    #expect(acknowledged.filter { !history.contains($0) } == [])
    for index in quorum.quorum.voters + quorum.quorum.observers {
      #expect(quorum.quorum.node(index).failure == nil)
      #expect(quorum.quorum.node(index).topics == history)
    }
    let ascending = sets.keys.sorted().map { sets[$0]! }
    for (one, next) in zip(ascending, ascending.dropFirst()) { #expect(Set(one).symmetricDifference(next).count <= 1) }
  }

  /// Kafka's replicas behave so too: the leader has the longer log, and stands for election no more; the other voter cannot win without it.
  @Test func `A leader of two voters that removes itself, and is not heard, leaves nobody who can be elected`() throws {
    let quorum = DynamicQuorum(controllers: 2, firstVoters: [1, 2])
    let leader = try quorum.leader(), other: Int32 = 3 - leader
    quorum.run(2000)
    let cut = quorum.quorum.world.apply(NetworkFault.isolate([quorum.index(leader)]), name: "cut")
    let answer = quorum.remove(leader, at: leader)
    quorum.run(6000)
    #expect(answer.error == .requestTimedOut && !quorum.replica(leader).isLeader)
    quorum.quorum.world.lift(cut)
    quorum.run(20_000)
    #expect(quorum.quorum.leaders == [])
    #expect(quorum.voters(at: leader) == [NodeID(other)] && quorum.voters(at: other) == [1, 2])
    #expect(quorum.replica(leader).logEndOffset > quorum.replica(other).logEndOffset)
  }

  private final class Moved { var id = NodeID.none }

  private final class Resignations {
    var reasons: [Occurrence.ResignationReason] = []
    init(_ world: World) {
      world.onOccurrence = { [unowned self] _, _, occurrence in
        if case .controllerResigned(_, _, let reason) = occurrence { reasons.append(reason) }
      }
    }
  }
}
