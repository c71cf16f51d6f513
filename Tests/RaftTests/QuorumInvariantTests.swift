import Host
import Primitives
import Testing
import Wire

@testable import Raft

/// What must hold of a replica of the metadata log between two events. Each is broken on purpose by a change of the state that no call would make.
@Suite struct QuorumInvariantTests {
  private func broken(_ replica: QuorumReplica) -> [String] {
    var check = InvariantCheck()
    replica.checkInvariants(&check)
    #expect(check.examined > 0)
    return check.broken
  }

  /// Looks at the leader of a lone voter's quorum with some records that are committed.
  private func withLeader(_ body: (QuorumReplica) throws -> Void) throws {
    let quorum = Quorum(voters: 1)
    let index = try #require(quorum.leader())
    for number in 0..<4 { quorum.node(index).append("t\(number)") }
    quorum.run(100)
    let replica: QuorumReplica = quorum.node(index).quorum
    try withExtendedLifetime(quorum) { try body(replica) }
  }

  @Test func `Replicas keep the invariants at any moment of appends, an end of the leader and an election`() throws {
    let quorum = Quorum(voters: 3, observers: 1)
    func look(_ milliseconds: Int) {
      for _ in 0..<milliseconds {
        quorum.run(1)
        for index in quorum.voters + quorum.observers {
          guard let replica = (quorum.world.object(of: index) as? QuorumNode)?.quorum else { continue }
          #expect(broken(replica) == [])
        }
      }
    }
    look(50)
    let first = try #require(quorum.leader())
    for number in 0..<10 {
      quorum.node(first).append("t\(number)")
      look(2)
    }
    quorum.world.kill(first)
    let second = try #require(quorum.leader(otherThan: first))
    quorum.node(second).append("more")
    quorum.world.start(first)
    look(300)
  }

  @Test func `Committed, delivered or synced offsets beyond the log are reported`() throws {
    try withLeader { replica in
      let end = replica.logEndOffset
      #expect(broken(replica) == [])
      replica.nextDelivery = end + 1
      #expect(broken(replica) == ["metadata log at node 1: records below \(end.value + 1) were handed over, and those below \(end) are committed"])
      replica.nextDelivery = end
      replica.durableEndOffset = end + 2
      #expect(broken(replica) == ["metadata log at node 1: \(end.value + 2) offsets count as synced, and the log ends at \(end)"])
      replica.durableEndOffset = end
      replica.highWatermark = end + 3
      #expect(broken(replica) == ["metadata log at node 1: the high watermark \(end.value + 3) is behind the log end offset \(end)"])
    }
  }

  @Test func `A high watermark and an epoch that go back are reported`() throws {
    try withLeader { replica in
      let end = replica.logEndOffset
      #expect(broken(replica) == [])
      replica.nextDelivery = 0
      replica.highWatermark = end - 1
      #expect(broken(replica).contains("metadata log at node 1: the high watermark went back from \(end) to \(end.value - 1)"))
      replica.role = .unattached(0)
      #expect(broken(replica).contains("metadata log at node 1: the epoch went back from 1 to 0"))
    }
  }

  @Test func `A leader without its own vote is reported`() throws {
    try withLeader { replica in
      replica.votedFor = ReplicaKey(id: 7, directory: nil)
      #expect(broken(replica) == ["metadata log at node 1: it asks for votes or leads in epoch 1, where its own vote is for 7"])
    }
  }

  @Test func `A majority that has more than the committed records is reported, and so are appends that wait for these`() throws {
    try withLeader { replica in
      let leading = try #require(replica.leading), end = replica.logEndOffset
      leading.appends = [QuorumLeader.PendingCommit(lastOffset: end - 1) { _ in }]
      #expect(broken(replica) == ["metadata log at node 1: an append waits up to offset \(end.value - 1), and \(end) is committed"])
      leading.appends = []
      replica.nextDelivery = 0
      replica.highWatermark = end - 1
      #expect(broken(replica).contains("metadata log at node 1: a majority has everything below \(end), and \(end.value - 1) is committed"))
    }
  }

  @Test func `A replica that claims to have more than the leader is reported`() throws {
    try withLeader { replica in
      let end = replica.logEndOffset
      replica.leading?.recordFetch(of: 101, at: end, leaderEnd: end, now: Timestamp(milliseconds: 0), contact: .zero)
      #expect(broken(replica) == [])
      replica.leading?.recordFetch(of: 101, at: end + 1, leaderEnd: end, now: Timestamp(milliseconds: 0), contact: .zero)
      #expect(broken(replica) == ["metadata log at node 1: node 101 fetched from offset \(end.value + 1), and the log ends at \(end)"])
    }
  }

  @Test func `A voter that follows itself, and an observer that is a candidate, are reported`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    _ = try #require(quorum.leader())
    quorum.run(100)
    let observer: QuorumReplica = quorum.node(quorum.observers[0]).quorum
    #expect(broken(observer) == [])
    let epoch = observer.epoch
    observer.role = .follower(epoch, leader: 101)
    #expect(broken(observer) == ["metadata log at node 101: it follows itself in epoch \(epoch)"])
    observer.role = .prospective(epoch, Ballot(of: ReplicaKey(id: 101, directory: nil), voters: observer.configuration.voters))
    #expect(
      broken(observer) == [
        "metadata log at node 101: it stands for election in epoch \(epoch), and is no voter",
        "metadata log at node 101: it stands for election in epoch \(epoch), and no timer looks after it",
      ])
  }

  @Test func `A log with records of a future epoch is reported`() throws {
    try withLeader { replica in
      replica.role = .unattached(replica.epoch)
      #expect(broken(replica) == [])
      replica.seen = nil
      replica.role = .unattached(0)
      #expect(broken(replica) == ["metadata log at node 1: its log has records of epoch 1, and it is in epoch 0"])
    }
  }

  @Test func `A candidate without its own vote is reported, and so is one that counts only the votes of others`() throws {
    try withLeader { replica in
      let epoch = replica.epoch, voters = replica.configuration.voters
      replica.role = .candidate(epoch, Ballot(of: ReplicaKey(id: 1, directory: nil), voters: voters))
      #expect(broken(replica) == [])
      replica.votedFor = nil
      #expect(broken(replica) == ["metadata log at node 1: it asks for votes or leads in epoch 1, where its own vote is for nobody"])
      replica.role = .prospective(epoch, Ballot(of: ReplicaKey(id: 1, directory: nil), voters: voters))
      #expect(broken(replica) == [], "it does not vote yet")
      replica.role = .prospective(epoch, Ballot(of: ReplicaKey(id: 2, directory: nil), voters: voters))
      #expect(broken(replica) == ["metadata log at node 1: nodes [] gave it their votes in epoch 1, of 1 voters"])
    }
  }

  @Test func `A voter that stands for election without a timer is reported`() throws {
    let quorum = Quorum(voters: 3)
    let leader = try #require(quorum.leader()), index = try #require(quorum.voters.first { $0 != leader })
    let replica: QuorumReplica = quorum.node(index).quorum, id = replica.configuration.nodeID
    replica.role = .prospective(replica.epoch, Ballot(of: replica.replica, voters: replica.configuration.voters))
    #expect(broken(replica) == [])
    replica.electionTimer = nil
    #expect(broken(replica) == ["metadata log at node \(id): it stands for election in epoch \(replica.epoch), and no timer looks after it"])
  }

  @Test func `A leader with the wrong id is reported, and so is an epoch that begins after the log or is announced too early`() throws {
    try withLeader { replica in
      let end = replica.logEndOffset
      func lead(as id: ReplicaKey, from start: Offset, isAnnounced: Bool = false) -> [String] {
        let leading = QuorumLeader(id, epoch: replica.epoch, startOffset: start, voters: replica.configuration.voters, now: .zero)
        leading.isAnnounced = isAnnounced
        replica.role = .leader(leading)
        return broken(replica)
      }
      #expect(lead(as: 1, from: end) == [])
      #expect(lead(as: 2, from: end) == ["metadata log at node 1: it leads epoch 1 as 2"])
      #expect(lead(as: 1, from: end + 1) == ["metadata log at node 1: its epoch 1 begins at \(end.value + 1), and the log ends at \(end)"])
      #expect(lead(as: 1, from: end - 1, isAnnounced: true) == [])
      #expect(lead(as: 1, from: end, isAnnounced: true) == ["metadata log at node 1: it may append in epoch 1, of which nothing is committed"])
    }
  }

  @Test func `Appends and fetches that wait out of order, or for more than there is, are reported`() throws {
    try withLeader { replica in
      let leading = try #require(replica.leading), end = replica.logEndOffset
      func append(to offset: Offset) -> QuorumLeader.PendingCommit { QuorumLeader.PendingCommit(lastOffset: offset) { _ in } }
      func fetch(_ number: UInt64) -> FetchPurgatory.Waiting {
        FetchPurgatory.Waiting(
          number: number, wanted: FetchPurgatory.Wanted(FetchRequest(), FetchRequest.FetchPartition()), reply: { _ in }, timer: replica.reactor.after(.seconds(9)) {})
      }
      leading.fetches.insert(fetch(3))
      leading.fetches.insert(fetch(5))
      #expect(broken(replica) == [])
      leading.fetches.insert(fetch(4))
      #expect(broken(replica) == ["metadata log at node 1: fetch 4 stands behind fetch 5"])
      _ = leading.fetches.remove(4)
      leading.appends = [append(to: end)]
      #expect(broken(replica) == ["metadata log at node 1: an append waits up to offset \(end), and the log ends at \(end)"])
      leading.appends = [append(to: end + 1), append(to: end)]
      #expect(broken(replica).contains("metadata log at node 1: the append up to \(end) stands behind that up to \(end.value + 1)"))
    }
  }

  @Test func `Replicas that count twice, and observers before voters, are reported`() throws {
    try withLeader { replica in
      let leading = try #require(replica.leading), voters = leading.replicas
      let observer = QuorumLeader.Replica(key: ReplicaKey(id: 101, directory: nil), isVoter: false, lastContact: .zero)
      leading.replicas = voters + [observer]
      #expect(broken(replica) == [])
      leading.replicas = voters + [observer, observer]
      #expect(broken(replica) == ["metadata log at node 1: node 101 counts twice"])
      leading.replicas = [observer] + voters
      #expect(broken(replica) == ["metadata log at node 1: node 101, which observes, stands before voters"])
    }
  }
}
