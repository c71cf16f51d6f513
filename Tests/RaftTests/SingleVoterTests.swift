import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

@Suite struct SingleVoterTests {
  @Test func `A single voter elects itself with a durable vote`() throws {
    let quorum = Quorum(voters: 1)
    let leader = try #require(quorum.leader())
    #expect(quorum.node(leader).leaderships == [1])
    quorum.run(50)
    let stored = try #require(try quorum.node(leader).reactor.disk.content(of: "__cluster_metadata-0/quorum-state"))
    #expect(QuorumState(decoding: stored) == QuorumState(leader: 1, epoch: 1, votedFor: ReplicaKey(id: 1, directory: nil)))
  }

  @Test func `An append is answered when it is synced and delivered`() throws {
    let quorum = Quorum(voters: 1)
    let leader = quorum.node(try #require(quorum.leader()))
    var answer: Result<Offset, QuorumAppendError>?
    leader.append("a") { answer = $0 }
    #expect(answer == nil)
    #expect(leader.topics == [])
    quorum.run(50)
    #expect(answer == .success(1))
    #expect(leader.topics == ["a"])
    #expect(leader.quorum.highWatermark == 2)
  }

  @Test func `Observers get committed records in order and immediately`() throws {
    let quorum = Quorum(voters: 1, observers: 2)
    let leader = quorum.node(try #require(quorum.leader()))
    quorum.run(1000)
    for name in ["a", "b", "c"] { leader.append(name) }
    quorum.run(50)
    for observer in quorum.observers.map(quorum.node) {
      #expect(observer.topics == ["a", "b", "c"])
      #expect(observer.quorum.highWatermark == leader.quorum.highWatermark)
      #expect(observer.quorum.leader?.id == 1)
      #expect(observer.batches.map(\.baseOffset) == leader.batches.map(\.baseOffset))
    }
  }

  @Test func `An idle observer asks twice a second`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    _ = quorum.leader()
    quorum.run(1000)
    let before = quorum.world.statistics.framesDelivered
    quorum.run(10_000)
    let frames = quorum.world.statistics.framesDelivered - before
    #expect(frames >= 36 && frames <= 44)
  }

  @Test func `A restarted replica delivers the whole log again`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = try #require(quorum.leader())
    quorum.node(leader).append("a")
    quorum.run(1000)
    quorum.world.kill(leader)
    quorum.world.kill(quorum.observers[0])
    quorum.run(100)
    quorum.world.start(leader)
    quorum.world.start(quorum.observers[0])
    quorum.run(3000)
    #expect(quorum.node(leader).leaderships == [2])
    quorum.node(leader).append("b")
    quorum.run(100)
    #expect(quorum.node(leader).topics == ["a", "b"])
    #expect(quorum.node(quorum.observers[0]).topics == ["a", "b"])
  }

  @Test func `What was answered survives a power loss`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = try #require(quorum.leader())
    var isCommitted = false
    quorum.node(leader).append("a") { _ in isCommitted = true }
    _ = quorum.world.runUntil(quorum.world.now + .seconds(1)) { isCommitted }
    quorum.world.powerLoss([leader, quorum.observers[0]], unsynced: .dropped)
    quorum.world.start(leader)
    quorum.world.start(quorum.observers[0])
    quorum.run(3000)
    #expect(quorum.node(leader).topics == ["a"])
    #expect(quorum.node(quorum.observers[0]).topics == ["a"])
  }

  /// The hazard of a metadata log that is not synced (K8).
  @Test func `Without syncs, a power loss takes what was answered`() throws {
    let quorum = Quorum(voters: 1) { $0.switches.syncBeforeCommit = false }
    let leader = try #require(quorum.leader())
    var isCommitted = false
    quorum.node(leader).append("a") { _ in isCommitted = true }
    #expect(isCommitted)
    quorum.world.powerLoss([leader], unsynced: .dropped)
    quorum.world.start(leader)
    quorum.run(3000)
    #expect(quorum.node(leader).topics == [])
  }

  @Test func `DescribeQuorum says how far every replica is`() throws {
    let quorum = Quorum(voters: 1, observers: 2)
    let leader = quorum.node(try #require(quorum.leader()))
    quorum.run(2000)
    let answer = leader.quorum.describe().topics[0].partitions[0]
    #expect(answer.leaderId == 1)
    #expect(answer.currentVoters.map(\.replicaId) == [1])
    #expect(answer.observers.map(\.replicaId).sorted() == [101, 102])
    #expect(answer.observers.allSatisfy { $0.logEndOffset == answer.highWatermark })
    // A leader is at its own end now; an observer was when it fetched last (`RaftUtil.toReplicaState`).
    let now = leader.reactor.wallClock.milliseconds
    #expect(answer.currentVoters[0].lastFetchTimestamp == now && answer.currentVoters[0].lastCaughtUpTimestamp == now)
    #expect(answer.observers.allSatisfy { ($0.lastCaughtUpTimestamp...now).contains($0.lastFetchTimestamp) && now - $0.lastFetchTimestamp <= 600 })
  }

  @Test func `DescribeQuorum is refused for anything but the metadata log alone, and by who does not lead`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    let leader = quorum.node(try #require(quorum.leader()))
    quorum.run(2000)
    func ask(_ replica: QuorumReplica, _ topics: [(String, [Int32])]) -> [[ErrorCode]] { replica.describe(topics).topics.map { $0.partitions.map(\.errorCode) } }
    let metadata = "__cluster_metadata"
    #expect(ask(leader.quorum, [(metadata, [0])]) == [[.none]])
    #expect(ask(leader.quorum, [(metadata, [1])]) == [[.unknownTopicOrPartition]])
    #expect(ask(leader.quorum, [(metadata, [0, 1])]) == [[.unknownTopicOrPartition, .unknownTopicOrPartition]])
    #expect(ask(leader.quorum, [("t", [0])]) == [[.unknownTopicOrPartition]])
    #expect(ask(leader.quorum, [(metadata, [0]), ("t", [0])]) == [[.unknownTopicOrPartition], [.unknownTopicOrPartition]])
    #expect(ask(leader.quorum, []) == [])
    let observer = try #require(quorum.replica(quorum.observers[0]))
    #expect(ask(observer, [(metadata, [0])]) == [[.notLeaderOrFollower]])
  }

  @Test func `An observer that is silent for five minutes is no longer described`() throws {
    let quorum = Quorum(voters: 1, observers: 2)
    let leader = quorum.node(try #require(quorum.leader()))
    quorum.run(2000)
    quorum.world.kill(quorum.observers[0])
    func observers() -> [Int32] { leader.quorum.describe().topics[0].partitions[0].observers.map(\.replicaId).sorted() }
    quorum.run(299_000)
    #expect(observers() == [101, 102])
    quorum.run(2_000)
    #expect(observers() == [102])
  }

  @Test func `The state file is read as it was written`() {
    let state = QuorumState(leader: 3, epoch: 7, votedFor: nil)
    #expect(QuorumState(decoding: state.content(voters: [])) == state)
    #expect(QuorumState(decoding: Bytes("{}")) == nil)
    #expect(QuorumState(decoding: Bytes(#"{"leaderId": 1, "leaderEpoch": 2, "votedId": -1}"#)) == QuorumState(leader: 1, epoch: 2))
  }
}
