import Host
import Primitives
import Testing
import Wire

@testable import Log
@testable import Replication

/// What replicas state in the middle of an event. Each statement is broken on purpose by a change of the state that no call would make.
@Suite struct ReplicationStatementTests {
  /// Three brokers of which the first leads, with two records that all have.
  private func cluster(_ change: (inout ReplicaCluster.Options) -> Void = { _ in }) -> ReplicaCluster {
    let cluster = ReplicaCluster.running(change)
    cluster.produce("a", "b", to: 1)
    cluster.run(.seconds(1))
    return cluster
  }

  private func told(_ body: () throws -> Void) rethrows -> [String] {
    BrokenInvariants.forget()
    try body()
    return BrokenInvariants.take()
  }

  // MARK: High watermark and leadership

  @Test func `A high watermark that moves back is told while its replica leads, and not when it follows`() {
    let cluster = cluster()
    #expect(told { cluster.partition(2).moveHighWatermark(to: 1) } == [])
    #expect(
      told { cluster.partition(1).moveHighWatermark(to: 1) } == ["t-0 at broker 1: the high watermark moved from 2 to 1 while it leads, and 2 offsets are durable"])
    #expect(told { cluster.partition(3).moveHighWatermark(to: 3) } == ["t-0 at broker 3: the high watermark moved from 2 to 3, and the log goes from 0 to 2"])
  }

  @Test func `A high watermark beyond what a member of the ISR has, or below the minimum of members, is told`() {
    let cluster = cluster { $0.log.minInsyncReplicas = 2 }, leader = cluster.partition(1)
    #expect(told { leader.requireHighWatermark(from: 1) } == [])
    let follower = leader.follower(2)!
    follower.reset(at: cluster.world.now, isInSync: true)
    #expect(told { leader.requireHighWatermark(from: 1) } == ["t-0 at broker 1: the high watermark moved to 2, and broker 2, which is in sync, has -1 offsets"])
    follower.isInSync = false
    #expect(told { leader.requireHighWatermark(from: 1) } == [])
    leader.inSyncReplicas.commit([1])
    #expect(told { leader.requireHighWatermark(from: 1) } == ["t-0 at broker 1: the high watermark moved to 2 with the ISR [1], of at least 2"])
  }

  @Test func `A state of the metadata that is not newer is told`() {
    let cluster = cluster(), partition = cluster.partition(1)
    #expect(
      told { partition.requireNewer(cluster.state) } == ["t-0 at broker 1: it stands at partition epoch 0 in leader epoch 0, and takes over 0 in 0"])
    cluster.commit(isr: [1, 2])
    #expect(told { partition.requireNewer(cluster.state) } == [])
  }

  @Test func `A leader whose log does not know its epoch is told, and one that counts others than the ISR says`() throws {
    let cluster = cluster(), leader = cluster.partition(1)
    let log = try #require(leader.log)
    #expect(told { leader.requireLeading(log, isNewEpoch: false) } == [])
    leader.follower(3)?.isCounted = false
    #expect(told { leader.requireLeading(log, isNewEpoch: false) } == ["t-0 at broker 1: broker 3 does not count for the high watermark, and the ISR is [1, 2, 3]"])
    leader.follower(3)?.isCounted = true
    leader.leaderEpoch = 1
    #expect(told { leader.requireLeading(log, isNewEpoch: false) } == ["t-0 at broker 1: it leads epoch 1, and the last one that its log knows is 0"])
  }

  @Test func `What a replica outside of the ISR fetched in a former epoch is told where it counts in the next one`() throws {
    let cluster = cluster(), leader = cluster.partition(1)
    let log = try #require(leader.log)
    cluster.elect(1, isr: [1, 2])
    #expect(told { cluster.publish() } == [])
    let follower = try #require(leader.follower(3))
    #expect(follower.logEndOffset == .unknown)
    follower.fetched(from: 2, logStartOffset: 0, at: cluster.world.now, leaderEndOffset: 2, brokerEpoch: 103)
    #expect(
      told { leader.requireLeading(log, isNewEpoch: true) } == [
        "t-0 at broker 1: broker 3 is not in the ISR [1, 2], and what it fetched before epoch 1 counts, up to 2"
      ])
  }

  // MARK: ISR

  @Test func `A proposal to remove a member that has everything is told, and one to add a replica that lags`() throws {
    let cluster = cluster(), leader = cluster.partition(1), now = cluster.world.now
    #expect(told { leader.requireProposal(at: now) } == [], "it proposes what is committed")
    leader.inSyncReplicas.propose(.shrinking(removing: [2]), number: 7)
    #expect(
      told { leader.requireProposal(at: now) } == ["t-0 at broker 1: broker 2 is to leave the ISR [1, 2, 3]; it has 2 offsets of 2, and 2 are committed"])
    leader.inSyncReplicas.commit([1, 3])
    leader.countISR()
    leader.inSyncReplicas.propose(.expansion(adding: 2), number: 8)
    #expect(told { leader.requireProposal(at: now) } == [])
    leader.follower(2)?.reset(at: now, isInSync: false)
    #expect(
      told { leader.requireProposal(at: now) } == ["t-0 at broker 1: broker 2 is to join the ISR [1, 3]; it has -1 offsets of 2, and 2 are committed"])
    leader.inSyncReplicas.propose(.expansion(adding: 9), number: 9)
    #expect(told { leader.requireProposal(at: now) } == ["t-0 at broker 1: it proposes the ISR [1, 3, 9], of the replicas [1, 2, 3]"])
  }

  @Test func `An answer about the ISR in which another broker leads is told`() {
    let cluster = cluster(), leader = cluster.partition(1)
    func answer(leader id: Int32, isr: [Int32], partitionEpoch: Int32) -> [String] {
      var data = AlterPartitionResponse.PartitionData()
      (data.leaderId, data.leaderEpoch, data.isr, data.partitionEpoch) = (id, 0, isr, partitionEpoch)
      return told { leader.proposalAnswered(data) }
    }
    #expect(answer(leader: 1, isr: [1, 2], partitionEpoch: 1) == [])
    #expect(answer(leader: 2, isr: [1, 2], partitionEpoch: 2) == ["t-0: broker 1 takes the ISR [1, 2] in which broker 2 leads epoch 0"])
    #expect(answer(leader: 1, isr: [2, 3], partitionEpoch: 3) == ["t-0: broker 1 takes the ISR [2, 3] in which broker 1 leads epoch 0"])
  }

  // MARK: Fetching

  @Test func `A fetch from elsewhere than the end of the log is told, and one that names another epoch`() throws {
    let cluster = cluster()
    let entry = try #require(cluster.partition(2).fetching)
    var position = entry.position
    #expect(told { entry.requirePosition(position) } == [])
    position.fetchOffset = 1
    #expect(
      told { entry.requirePosition(position) } == [
        "t-0: broker 2 fetches from 1 behind epoch 0, in epoch 0; its log ends at 2 behind epoch 0, and it follows in epoch 0"
      ])
    position = entry.position
    position.lastFetchedEpoch = .unknown
    #expect(told { entry.requirePosition(position) }.count == 1)
    position = entry.position
    position.leaderEpoch = 4
    #expect(told { entry.requirePosition(position) }.count == 1)
  }

  @Test func `A log that still parts from its leader's after a truncation is told`() throws {
    let cluster = cluster()
    let entry = try #require(cluster.partition(2).fetching)
    #expect(told { entry.requireCut(to: 0, endingAt: 2) } == [] && told { entry.requireCut(to: 1, endingAt: 1) } == [])
    #expect(
      told { entry.requireCut(to: 0, endingAt: 1) } == ["t-0: broker 2 heard that its leader's epoch 0 ends at 1, and its own log ends at 2 in epoch 0"])
    entry.phase = .failed
    #expect(told { entry.requireCut(to: 0, endingAt: 1) } == [])
  }

  @Test func `A session's partition that rests before its client knows the high watermark is told`() throws {
    let cluster = cluster(), leader = cluster.partition(1)
    let target = try #require(leader.sessionTargets.first)
    target.stir()
    #expect(told { target.rest() } == [])
    target.stir()
    leader.highWatermark = 1
    #expect(
      told { target.rest() } == ["partition 0 of t rests in a fetch session at 2, and its log goes from 0 to 2, with the high watermark 1"])
  }

  // MARK: Waiting requests

  @Test func `An append that goes on waiting for what has come is told, and one that is answered before`() {
    let cluster = cluster(), leader = cluster.partition(1)
    let delayed = DelayedProduce(manager: cluster.manager(1))
    leader.produceWatches.insert(ProduceWatch(delayed: delayed, index: 0, requiredOffset: 3))
    #expect(told { leader.requireDue(2) } == [])
    leader.produceWatches.insert(ProduceWatch(delayed: delayed, index: 0, requiredOffset: 2))
    #expect(told { leader.requireDue(2) } == ["t-0 at broker 1: an append waits for the high watermark to reach 2, and it is 2"])
    leader.produceWatches = ProduceWatches()
    #expect(told { leader.requireDue(3) } == ["t-0 at broker 1: an append that waits for the high watermark to reach 3 is answered, and it is 2"])
  }

  @Test func `Records that a live replica has are told where they count as deleted`() {
    let cluster = cluster(), leader = cluster.partition(1)
    #expect(told { leader.requireDeleted(below: 0) } == [])
    leader.log?.logStartOffset = 2
    leader.follower(2)?.fetched(from: 2, logStartOffset: 2, at: cluster.world.now, leaderEndOffset: 2, brokerEpoch: 102)
    #expect(
      told { leader.requireDeleted(below: 2) } == ["t-0 at broker 1: the records below 2 are told to be deleted, and the log of broker 3 starts at 0"])
    cluster.fenced = [3]
    cluster.publish(to: [1])
    #expect(told { leader.requireDeleted(below: 2) } == [])
  }

  @Test func `A request that is not answered when its time is over is told`() {
    final class Stubborn: DelayedOperation {
      var isDone = false
      let gives: Bool
      init(gives: Bool) { self.gives = gives }
      func expire() { isDone = gives }
    }
    let cluster = cluster()
    var words: [String] = []
    cluster.world.onBrokenInvariant = { words.append($1) }
    let deadlines = Deadlines<Stubborn>(reactor: cluster.broker(1).reactor)
    deadlines.insert(Stubborn(gives: true), after: .seconds(1))
    cluster.run(.seconds(2))
    #expect(words == [])
    deadlines.insert(Stubborn(gives: false), after: .seconds(1))
    cluster.run(.seconds(2))
    #expect(words.count == 1 && words[0].hasSuffix("was not answered"))
  }
}
