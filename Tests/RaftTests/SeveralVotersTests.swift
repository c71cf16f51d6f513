import Host
import MarkExpectations
import Primitives
import Sim
import Testing
import Wire

@testable import Raft

@Suite struct SeveralVotersTests {
  @Test func `Three voters elect one leader that all follow`() throws {
    let quorum = Quorum(voters: 3, observers: 1)
    let leader = try #require(quorum.leader())
    quorum.run(2000)
    #expect(quorum.leaders == [leader])
    let id = quorum.world.id(of: leader)
    for node in quorum.voters + quorum.observers {
      #expect(quorum.node(node).quorum.leader?.id == id)
      #expect(quorum.node(node).quorum.epoch == quorum.node(leader).quorum.epoch)
    }
  }

  @Test func `Records are committed by a majority and reach every voter`() throws {
    let quorum = Quorum(voters: 3, observers: 1)
    let leader = try #require(quorum.leader())
    quorum.run(1000)
    quorum.world.kill(quorum.voters.first { $0 != leader }!)
    var answer: Result<Offset, QuorumAppendError>?
    quorum.node(leader).append("a") { answer = $0 }
    quorum.run(200)
    #expect(answer != nil)
    for node in (quorum.voters + quorum.observers).filter(quorum.world.isRunning) { #expect(quorum.node(node).topics == ["a"]) }
  }

  @Test func `A voter that asks for votes during a sync, and hears of its leader again, says only what is on its platter`() throws {
    let quorum = Quorum(voters: 3), leader = try #require(quorum.leader())
    quorum.run(1_000)
    let others = quorum.voters.filter { $0 != leader }
    let leading: QuorumReplica = quorum.node(leader).quorum, following: QuorumReplica = quorum.node(others[0]).quorum
    quorum.world.kill(others[1])
    // Longer than a voter waits for its leader, and shorter than a leader waits for its voters.
    _ = quorum.world.apply(DiskFault(.slow(following.configuration.fetchTimeout * 5 / 4)), on: [others[0]], name: "slow")
    var answer: Result<Offset, QuorumAppendError>?
    quorum.node(leader).append("a") { answer = $0 }
    let deadline = quorum.world.now + .seconds(20)
    expectMark(.metadataSyncOvertaken) {
      while answer == nil, quorum.world.now < deadline {
        quorum.run(10)
        #expect(leading.highWatermark <= following.log.flushedOffset)
      }
    }
    #expect((try? answer?.get()) != nil && quorum.leaders == [leader])
  }

  @Test func `Without a majority nothing is committed and the leader resigns`() throws {
    let quorum = Quorum(voters: 3)
    let leader = try #require(quorum.leader())
    quorum.run(1000)
    for voter in quorum.voters where voter != leader { quorum.world.kill(voter) }
    var answer: Result<Offset, QuorumAppendError>?
    quorum.node(leader).append("a") { answer = $0 }
    quorum.run(1000)
    #expect(answer == nil)
    expectMark(.leaderLostMajority) { quorum.run(4000) }
    #expect(answer == .failure(.leadershipLost))
    #expect(quorum.leaders == [])
    #expect(quorum.node(leader).topics == [])
  }

  @Test func `Another leader has everything that was committed`() throws {
    let quorum = Quorum(voters: 3, observers: 1)
    let first = try #require(quorum.leader())
    quorum.run(1000)
    var isCommitted = false
    quorum.node(first).append("a") { _ in isCommitted = true }
    #expect(quorum.world.runUntil(quorum.world.now + .seconds(1)) { isCommitted })
    quorum.world.powerLoss(first, unsynced: .dropped)
    let second = try #require(quorum.leader(otherThan: first))
    #expect(quorum.node(second).quorum.epoch > 1)
    quorum.node(second).append("b")
    quorum.world.start(first)
    quorum.run(4000)
    for node in quorum.voters + quorum.observers { #expect(quorum.node(node).topics == ["a", "b"]) }
  }

  /// KIP-595: what a cut-off leader appended and nobody else has goes when it comes back.
  @Test func `A former leader truncates what was never committed`() throws {
    let quorum = Quorum(voters: 3)
    let first = try #require(quorum.leader())
    quorum.run(1000)
    let cut = quorum.world.apply(NetworkFault.isolate([first]), name: "cut")
    var answer: Result<Offset, QuorumAppendError>?
    quorum.node(first).append("lost") { answer = $0 }
    let second = try #require(quorum.leader(otherThan: first))
    quorum.node(second).append("kept")
    quorum.run(1000)
    quorum.world.lift(cut)
    expectMark(.metadataLogDiverged) { quorum.run(6000) }
    #expect(answer == .failure(.leadershipLost))
    for voter in quorum.voters {
      #expect(quorum.node(voter).topics == ["kept"])
      #expect(quorum.node(voter).failure == nil)
      #expect(quorum.node(voter).quorum.logEndOffset == quorum.node(second).quorum.logEndOffset)
    }
  }

  /// KIP-996 (K2): a voter that was cut off does not end the epoch of a leader that works, unless nobody asks before standing.
  @Test(arguments: [true, false]) func `A voter that was cut off disturbs the quorum only without pre-vote`(preVote: Bool) throws {
    let quorum = Quorum(voters: 3) { $0.switches.preVote = preVote }
    let leader = try #require(quorum.leader())
    quorum.run(1000)
    let epoch = quorum.node(leader).quorum.epoch
    let loner = quorum.voters.first { $0 != leader }!
    let cut = quorum.world.apply(NetworkFault.isolate([loner]), name: "cut")
    quorum.run(30_000)
    quorum.world.lift(cut)
    quorum.run(10_000)
    if preVote {
      #expect(quorum.leaders == [leader])
      #expect(quorum.node(leader).quorum.epoch == epoch)
    } else {
      #expect(quorum.node(leader).quorum.epoch > epoch)
      #expect(quorum.node(leader).resignations == [epoch])
    }
  }

  /// KAFKA-15489 (K3): a leader without its voters stays one for ever if it does not look after them.
  @Test(arguments: [true, false]) func `A leader without its voters resigns only with check-quorum`(checkQuorum: Bool) throws {
    let quorum = Quorum(voters: 3) { $0.switches.checkQuorum = checkQuorum }
    let leader = try #require(quorum.leader())
    quorum.run(1000)
    _ = quorum.world.apply(NetworkFault.isolate([leader]), name: "cut")
    quorum.run(10_000)
    #expect(quorum.node(leader).quorum.isLeader == !checkQuorum)
    #expect(quorum.leaders.contains { $0 != leader })
  }

  @Test func `A leader that stops hands over immediately`() throws {
    let quorum = Quorum(voters: 3)
    let leader = try #require(quorum.leader())
    quorum.run(1000)
    let before = quorum.world.now
    quorum.node(leader).quorum.close()
    expectMark(.leaderEndedItsEpoch) { quorum.run(1) }
    quorum.world.kill(leader)
    _ = try #require(quorum.leader(otherThan: leader))
    #expect(quorum.world.now - before < .milliseconds(1000))
  }

  @Test func `A vote is remembered across a power loss`() throws {
    let quorum = Quorum(voters: 3)
    let leader = try #require(quorum.leader())
    let epoch = quorum.node(leader).quorum.epoch
    let voter = quorum.voters.first { $0 != leader && quorum.node($0).quorum.votedFor != nil }!
    quorum.world.powerLoss(voter, unsynced: .dropped)
    quorum.world.start(voter)
    quorum.run(1)
    let replica = quorum.node(voter).quorum!
    #expect(replica.epoch == epoch)
    #expect(replica.votedFor?.id == quorum.world.id(of: leader))
  }

  /// One leader for each epoch, and committed logs that are prefixes of each other, whatever happens (O10).
  @Test(arguments: 1...20) func `Faults never lead to two histories`(seed: UInt64) throws {
    let quorum = Quorum(voters: 3, observers: 1, seed: seed)
    var random = RandomStream(seed: seed, purpose: "raft faults")
    var leadersByEpoch: [LeaderEpoch: NodeID] = [:]
    var appended = 0
    quorum.world.onOccurrence = { _, _, occurrence in
      guard case .controllerElected(let id, let epoch) = occurrence else { return }
      #expect(leadersByEpoch[epoch] == nil || leadersByEpoch[epoch] == id)
      leadersByEpoch[epoch] = id
    }
    var acknowledged: [String] = []
    for _ in 0..<40 {
      let victim = random.pick(quorum.voters)
      switch random.below(4) {
      case 0:
        quorum.world.powerLoss(victim, unsynced: .random)
        quorum.world.after(random.between(.milliseconds(100), .milliseconds(3000))) { [world = quorum.world] in
          if !world.isRunning(victim) { world.start(victim) }
        }
      case 1:
        let cut = quorum.world.apply(NetworkFault.isolate([victim]), name: "cut")
        quorum.world.after(random.between(.milliseconds(100), .milliseconds(4000))) { [world = quorum.world] in world.lift(cut) }
      default: break
      }
      for leader in quorum.leaders {
        let name = "t\(appended)"
        appended += 1
        quorum.node(leader).append(name) { if case .success = $0 { acknowledged.append(name) } }
      }
      quorum.run(random.between(.milliseconds(10), .milliseconds(1500)).milliseconds)
    }
    quorum.world.liftAllFaults()
    for voter in quorum.voters where !quorum.world.isRunning(voter) { quorum.world.start(voter) }
    quorum.run(15_000)
    let leader = try #require(quorum.leader())
    quorum.node(leader).append("end")
    quorum.run(2000)
    let history = quorum.node(leader).topics
    #expect(history.last == "end")
    #expect(acknowledged.count > 5)
    let lost = acknowledged.filter { !history.contains($0) }
    #expect(lost == [])
    for node in quorum.voters + quorum.observers {
      #expect(quorum.node(node).failure == nil)
      #expect(quorum.node(node).topics == history)
    }
  }
}
