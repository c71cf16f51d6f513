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

  @Test func `replicas break nothing at any moment of appends, an end of the leader and an election`() throws {
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

  @Test func `what is committed, handed over or synced beyond the log is told`() throws {
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

  @Test func `a high watermark and an epoch that go back are told`() throws {
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

  @Test func `a leader without its own vote is told`() throws {
    try withLeader { replica in
      replica.votedFor = 7
      #expect(broken(replica) == ["metadata log at node 1: it asks for votes or leads in epoch 1, where its own vote is for 7"])
    }
  }

  @Test func `a majority that has more than what is committed is told, and so are appends that wait for what is`() throws {
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

  @Test func `a replica that claims to have more than the leader is told`() throws {
    try withLeader { replica in
      let end = replica.logEndOffset
      replica.leading?.recordFetch(of: 101, at: end, leaderEnd: end, now: Timestamp(milliseconds: 0), contact: .zero)
      #expect(broken(replica) == [])
      replica.leading?.recordFetch(of: 101, at: end + 1, leaderEnd: end, now: Timestamp(milliseconds: 0), contact: .zero)
      #expect(broken(replica) == ["metadata log at node 1: node 101 fetched from offset \(end.value + 1), and the log ends at \(end)"])
    }
  }

  @Test func `a voter that follows itself, and an observer that stands for election, are told`() throws {
    let quorum = Quorum(voters: 1, observers: 1)
    _ = try #require(quorum.leader())
    quorum.run(100)
    let observer: QuorumReplica = quorum.node(quorum.observers[0]).quorum
    #expect(broken(observer) == [])
    let epoch = observer.epoch
    observer.role = .follower(epoch, leader: 101)
    #expect(broken(observer) == ["metadata log at node 101: it follows itself in epoch \(epoch)"])
    observer.role = .prospective(epoch, Ballot(of: 101, voters: observer.configuration.voters))
    #expect(broken(observer) == ["metadata log at node 101: it stands for election in epoch \(epoch), and is no voter"])
  }
}
