import Host
import Primitives
import Sim
import Testing

@testable import Log
@testable import Raft

/// What a replica of the metadata log says in the middle of an event. Each is asked about a state that no call would make, and beside that about one that may be.
@Suite struct QuorumStatementTests {
  private func told(_ body: () -> Void) -> [String] {
    BrokenInvariants.forget()
    body()
    return BrokenInvariants.take()
  }

  /// Looks at a leader with some records that are committed, the last of them alone in its batch.
  private func withLeader(ofVoters voters: Int32 = 1, _ body: (QuorumReplica, QuorumLeader) throws -> Void) throws {
    let quorum = Quorum(voters: voters)
    let index = try #require(quorum.leader())
    for number in 0..<4 { quorum.node(index).append("t\(number)") }
    quorum.run(1_000)
    let replica: QuorumReplica = quorum.node(index).quorum
    #expect(quorum.world.invariants.broken.isEmpty && replica.highWatermark == replica.logEndOffset)
    try withExtendedLifetime(quorum) { try body(replica, #require(replica.leading)) }
  }

  @Test func `A second vote in an epoch is told when it is to be stored, and so is an epoch that is not the present one`() throws {
    try withLeader { replica, _ in
      let epoch = replica.epoch
      func told(_ state: QuorumState) -> [String] { self.told { replica.requireMemory(of: state) } }
      #expect(told(QuorumState(leader: 1, epoch: epoch, votedFor: replica.replica)) == [])
      #expect(told(QuorumState(epoch: epoch, votedFor: 7)) == ["metadata log at node 1: it stores its vote for node 7 in epoch 1, where it gave its vote for node 1"])
      #expect(told(QuorumState(epoch: 0)) == ["metadata log at node 1: it stores epoch 0, has stored epoch 1, and is in epoch 1"])
      #expect(told(QuorumState(epoch: 1)) == [], "nothing is known of the vote in an epoch of which nothing was stored")
    }
  }

  @Test func `A vote that is stored and not taken up by the next life is told`() throws {
    try withLeader { replica, _ in
      func told(_ stored: QuorumState?) -> [String] { self.told { replica.requireBeginning(with: stored) } }
      #expect(told(nil) == [] && told(QuorumState(epoch: 0, votedFor: 7)) == [] && told(QuorumState(epoch: 1, votedFor: 1)) == [])
      #expect(told(QuorumState(leader: 1, epoch: 1)) == [])
      #expect(told(QuorumState(epoch: 1, votedFor: 7)) == ["metadata log at node 1: it begins in epoch 1 with its vote for node 1, and has stored its vote for node 7 in epoch 1"])
      replica.votedFor = nil
      #expect(told(QuorumState(epoch: 1, votedFor: 1)).count == 1)
      #expect(told(QuorumState(epoch: 1)) == [])
    }
  }

  @Test func `An epoch that goes back, and a second leader of an epoch, are told where the role changes`() throws {
    try withLeader { replica, _ in
      #expect(told { replica.role = .follower(5, leader: 7) } == [])
      #expect(told { replica.role = .follower(5, leader: 8) } == ["metadata log at node 1: node 7 led epoch 5, and now node 8 does"])
      #expect(told { replica.role = .unattached(5) } == [])
      #expect(told { replica.role = .unattached(4) } == ["metadata log at node 1: it goes from epoch 5 back to epoch 4"])
    }
  }

  @Test func `An election without a majority, by strangers, or in an epoch of which there are records, is told`() throws {
    try withLeader(ofVoters: 3) { replica, _ in
      let epoch = replica.epoch, name = "metadata log at node \(replica.configuration.nodeID)"
      func told(_ granting: [NodeID], _ epoch: LeaderEpoch) -> [String] { self.told { replica.requireElection(grantedBy: granting, in: epoch) } }
      #expect(told([1, 3], epoch.next) == [])
      #expect(told([1], epoch.next) == ["\(name): nodes [1] elected it in epoch \(epoch.next), of the voters [1, 2, 3]"])
      #expect(told([1, 9], epoch.next) == ["\(name): nodes [1, 9] elected it in epoch \(epoch.next), of the voters [1, 2, 3]"])
      #expect(told([1, 2], epoch) == ["\(name): it is to lead epoch \(epoch), and its log has records of epoch \(epoch)"])
    }
  }

  @Test func `What counts as committed without a majority, or before the epoch of its leader, is told`() throws {
    try withLeader(ofVoters: 3) { replica, leading in
      let end = replica.logEndOffset
      func told(_ end: Offset, _ leading: QuorumLeader) -> [String] { self.told { replica.requireCommit(of: end, by: leading) } }
      #expect(told(end, leading) == [])
      #expect(told(end + 1, leading).first?.contains("what is below \(end.value + 1) counts as committed, and the replicas have ") == true)
      let next = QuorumLeader(leading.replica, epoch: leading.epoch.next, startOffset: end, voters: replica.voters, decidesAlone: true, now: .zero)
      #expect(told(end, next).first?.contains("it commits what is below \(end), the last of epoch \(leading.epoch), and leads epoch \(leading.epoch.next)") == true)
      #expect(self.told { replica.advanceHighWatermark(to: end + 1) }.first?.contains("what is below \(end.value + 1) counts as committed, and the log ends at \(end)") == true)
    }
  }

  @Test func `A fetch behind a record of an epoch that the leader does not have is told, and so is one beyond its log`() throws {
    try withLeader { replica, _ in
      let end = replica.logEndOffset
      func told(_ offset: Offset, _ epoch: LeaderEpoch) -> Bool { !self.told { replica.requirePosition(at: offset, epoch) }.isEmpty }
      #expect(!told(end, 1) && !told(2, 1) && !told(0, 0))
      #expect(told(2, 0) && told(2, 2) && told(end + 1, 1))
    }
  }

  @Test func `A log that is cut too far behind, and what is left of its tail, are told`() throws {
    try withLeader { replica, _ in
      let end = replica.logEndOffset
      func told(_ epoch: LeaderEpoch, _ offset: Offset) -> [String] { self.told { replica.requireCut(at: epoch, offset) } }
      #expect(told(1, end) == [] && told(2, 0) == [])
      #expect(told(1, end - 1) == ["metadata log at node 1: it was cut at offset \(end) of epoch 1, and the leader's ends at \(end.value - 1) in epoch 1"])
      replica.durableEndOffset = end + 1
      #expect(told(1, end) == ["metadata log at node 1: it was cut at offset \(end), and \(end.value + 1) offsets count as synced"])
    }
  }

  @Test func `A record that took the place of one that was cut off during its sync does not count as synced`() throws {
    let quorum = Quorum(voters: 1), index = try #require(quorum.leader())
    let replica: QuorumReplica = quorum.node(index).quorum, end: Offset = replica.logEndOffset
    _ = quorum.world.apply(DiskFault(.slow(.milliseconds(100))), on: [index], name: "slow")
    quorum.node(index).append("a")
    let batch = try replica.log.read(from: end, upTo: end + 1, maxBytes: 1 << 20, minOneBatch: true).records
    // As a leader that comes would have it, whose records are not in the sync that goes on.
    try replica.log.truncate(to: end)
    _ = try replica.log.append(asFollower: batch, leaderEpoch: replica.epoch)
    #expect(replica.log.flushedOffset == end)
    var isSynced = false
    replica.log.flush { _ in isSynced = true }
    while !isSynced {
      quorum.run(10)
      #expect(replica.durableEndOffset <= replica.log.flushedOffset)
    }
  }

  @Test func `A snapshot that takes the place of a log, and leaves something of that, is told`() throws {
    try withLeader { replica, _ in
      let end = replica.logEndOffset, id = SnapshotID(endOffset: end, epoch: 1)
      #expect(
        told { replica.requireAdoption(of: id) }
          == ["metadata log at node 1: a snapshot up to offset \(end) took its place, and begin, end, what is synced, committed and handed over are [0, 5, 5, 5, 5]"])
      replica.hasFailed = true
      #expect(told { replica.requireAdoption(of: id) } == [])
    }
  }

  @Test func `A voter without a timer, and one that has not stored its epoch, are told when they fetch`() throws {
    let quorum = Quorum(voters: 3, observers: 1)
    let leader = try #require(quorum.leader())
    quorum.run(1_000)
    let index = try #require(quorum.voters.first { $0 != leader }), replica: QuorumReplica = quorum.node(index).quorum
    let name = "metadata log at node \(replica.configuration.nodeID)", epoch = replica.epoch
    #expect(told { replica.requireFollowing() } == [])
    replica.electionTimer = nil
    #expect(told { replica.requireFollowing() } == ["\(name): it is a voter, and no timer looks after the leader of epoch \(epoch)"])
    let observer: QuorumReplica = quorum.node(quorum.observers[0]).quorum
    #expect(observer.electionTimer == nil && told { observer.requireFollowing() } == [])
    observer.remembered.epoch = 0
    #expect(told { observer.requireFollowing() } == ["metadata log at node 101: it follows epoch \(epoch), and has stored epoch 0"])
  }

  @Test func `What waits for a leadership that is over is told`() throws {
    try withLeader { replica, leading in
      #expect(told { replica.requireEnd(of: leading) } == [])
      leading.appends = [QuorumLeader.PendingCommit(lastOffset: 9) { _ in }]
      #expect(told { replica.requireEnd(of: leading) } == ["metadata log at node 1: its leadership of epoch 1 is over, and 1 appends and 0 fetches wait for it"])
    }
  }

  @Test func `A snapshot of what was not handed over is told`() throws {
    try withLeader { replica, _ in
      let end = replica.logEndOffset
      func told(_ end: Offset) -> [String] { self.told { replica.takeSnapshot(endOffset: end, epoch: 1, timestamp: .none) { nil } } }
      #expect(told(end + 1) == ["metadata log at node 1: a snapshot is to hold what is below \(end.value + 1), and records below \(end) were handed over"])
      #expect(told(end) == [])
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func `Elections, ends, power losses and snapshots break nothing that is stated`(seed: UInt64) throws {
    let quorum = Quorum(voters: 3, observers: 1, seed: seed) {
      $0.metadataLog.segmentBytes = 150
      $0.metadataLog.retentionBytes = 1
    }
    for round in 0..<12 {
      guard let leader = quorum.leader() else { continue }
      for number in 0..<3 { quorum.node(leader).append("t\(round)-\(number)") }
      quorum.run(Int64(1 + (round * 37 + Int(seed) * 13) % 90))
      let victim = round.isMultiple(of: 3) ? quorum.observers[0] : round.isMultiple(of: 2) ? leader : quorum.voters[round % 3]
      if round.isMultiple(of: 4) { quorum.node(leader).takeSnapshot() }
      if round.isMultiple(of: 5) { quorum.world.kill(victim) } else { quorum.world.powerLoss(victim, unsynced: .dropped) }
      quorum.run(Int64(round) * 400)
      quorum.world.start(victim)
    }
    quorum.run(5_000)
    #expect(quorum.world.invariants.broken.map(\.words) == [] && !quorum.leaders.isEmpty)
  }
}
