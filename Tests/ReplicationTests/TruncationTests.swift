import Host
import MarkExpectations
import Primitives
import Replication
import Testing
import Wire

/// The schedules of the famous truncation bugs, each with the rule that was wrong and the one that is right.
@Suite struct TruncationTests {
  /// KIP-101, scenario 1.
  private func truncateThenElect(_ truncation: ReplicationSwitches.Truncation) -> ReplicaCluster {
    let cluster = ReplicaCluster.running {
      $0.log.minInsyncReplicas = 2
      $0.switches.truncation = truncation
    }
    let acknowledged = cluster.produce("m0", to: 1)
    cluster.run(.milliseconds(5))
    #expect(acknowledged.value?.error == ErrorCode.none)
    #expect(cluster.partition(3).highWatermark == 0, "the followers do not know yet that m0 is committed")
    cluster.hold(.request, from: 3, to: 2)
    cluster.elect(2, isr: [2, 3])
    cluster.publish(to: [2, 3])
    cluster.run(.milliseconds(20))
    cluster.world.kill(cluster.index(2))
    cluster.elect(3, isr: [3])
    cluster.publish(to: [3])
    cluster.produce("m1", to: 3, acks: 1)
    return cluster
  }

  @Test func `Truncating to the high watermark loses acknowledged records`() {
    #expect(truncateThenElect(.highWatermark).log(3) == ["m1@2"])
  }

  @Test func `Truncating by leader epoch keeps them`() {
    #expect(truncateThenElect(.leaderEpoch).log(3) == ["m0@0", "m1@2"])
    #expect(truncateThenElect(.fetchDivergence).log(3) == ["m0@0", "m1@2"])
  }

  /// KIP-279 (KAFKA-6361): two quick elections, of which the former leader sees only the second.
  private func failOverTwice(_ change: (inout ReplicationSwitches) -> Void) -> ReplicaCluster {
    let cluster = ReplicaCluster.running {
      $0.brokers = [1, 2]
      change(&$0.switches)
    }
    cluster.produce("m0", to: 1)
    cluster.run(.milliseconds(20))
    let hold = cluster.hold(.response, from: 1, to: 2)
    cluster.produce("mA", to: 1, acks: 1)
    cluster.elect(2)
    cluster.publish(to: [2])
    cluster.produce("mB", to: 2, acks: 1)
    cluster.elect(1, isr: [1])
    cluster.publish(to: [1])
    cluster.produce("mC", to: 1, acks: 1)
    cluster.world.release(hold)
    cluster.publish(to: [2])
    cluster.run(.seconds(3))
    return cluster
  }

  @Test func `A response without an epoch leaves a divergence`() {
    let cluster = failOverTwice {
      $0.truncation = .leaderEpoch
      $0.offsetForLeaderEpoch = .kip101
    }
    #expect(cluster.log(1) == ["m0@0", "mA@0", "mC@2"])
    #expect(cluster.log(2) == ["m0@0", "mB@1", "mC@2"])
  }

  @Test func `A response with its epoch finds the common prefix`() {
    for truncation: ReplicationSwitches.Truncation in [.leaderEpoch, .fetchDivergence] {
      let cluster = failOverTwice { $0.truncation = truncation }
      #expect(cluster.log(1) == ["m0@0", "mA@0", "mC@2"])
      #expect(cluster.log(2) == cluster.log(1), "\(truncation)")
    }
  }

  /// KIP-320 (KAFKA-7395): a follower of the third epoch asks a leader that still lives in the first.
  private func askALeaderOfThePast(checking: Bool) -> ReplicaCluster {
    let cluster = ReplicaCluster.running {
      $0.switches.truncation = .leaderEpoch
      $0.switches.fetchChecksLeaderEpoch = checking
    }
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.hold(.response, from: 1, to: 2)
    cluster.produce("x", to: 1, acks: 1)
    cluster.run(.milliseconds(20))
    cluster.elect(2)
    let second = cluster.state
    cluster.publish(to: [2])
    cluster.produce("y", to: 2, acks: 1)
    cluster.elect(1)
    cluster.publish(to: [3])
    cluster.run(.milliseconds(700))
    cluster.manager(1).apply([second])
    cluster.run(.milliseconds(700))
    #expect(cluster.log(1) == ["a@0", "y@1"])
    cluster.publish(to: [1])
    cluster.produce("z", to: 1, acks: 1)
    cluster.run(.seconds(3))
    return cluster
  }

  @Test func `Without comparing epochs, a follower keeps what its leader truncates`() {
    let cluster = askALeaderOfThePast(checking: false)
    #expect(cluster.log(1) == ["a@0", "y@1", "z@2"])
    #expect(cluster.log(3) == ["a@0", "x@0", "z@2"])
  }

  @Test func `A leader of the past refuses a follower of the future`() {
    let cluster = askALeaderOfThePast(checking: true)
    #expect(cluster.log(1) == ["a@0", "y@1", "z@2"])
    #expect(cluster.log(3) == cluster.log(1))
  }

  /// KAFKA-14704. Returns the high watermark that the follower had when it truncated.
  private func highWatermarkAtTruncation(truncatingFirst: Bool) -> Offset? {
    let cluster = ReplicaCluster.running { $0.switches.truncateBeforeHighWatermarkUpdate = truncatingFirst }
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.hold(.response, from: 1, to: 2)
    cluster.hold(.response, from: 1, to: 3)
    cluster.produce("b", "c", to: 1, acks: 1)
    cluster.elect(2, isr: [2, 3])
    cluster.publish(to: [2, 3])
    cluster.produce("d", "e", to: 2)
    cluster.run(.milliseconds(50))
    #expect(cluster.partition(2).highWatermark == 3)
    cluster.publish(to: [1])
    cluster.run(.milliseconds(50))
    #expect(cluster.log(1) == cluster.log(2))
    for case (1, .truncated(_, from: 3, to: 1, let highWatermark, .divergingEpoch)) in cluster.occurrences { return highWatermark }
    return nil
  }

  @Test func `A follower truncates before it takes over the high watermark`() {
    #expect(highWatermarkAtTruncation(truncatingFirst: true) == 1)
    #expect(highWatermarkAtTruncation(truncatingFirst: false) == 3, "b and c were visible although they were never committed")
  }

  /// Broker 2 leads from offset 1 on, and broker 1 still has `b`, `c` and `d` there, a batch each, so that its log can be cut between them. It has not heard of the election.
  private func clusterWithStrandedRecords(_ configure: (inout ReplicaCluster.Options) -> Void) -> ReplicaCluster {
    let cluster = ReplicaCluster.running(configure)
    cluster.produce("a", to: 1)
    cluster.run(.milliseconds(20))
    cluster.hold(.response, from: 1, to: 2)
    cluster.hold(.response, from: 1, to: 3)
    for text in ["b", "c", "d"] { cluster.produce(text, to: 1, acks: 1) }
    cluster.elect(2, isr: [2, 3])
    cluster.publish(to: [2, 3])
    return cluster
  }

  /// A follower that looks at nothing but the divergence has not heard where the leader's log starts. Returns whether it hears it later, with nothing new to be told.
  private func hearsOfTheStartBehindADivergence(repeating: Bool) throws -> Bool {
    let cluster = clusterWithStrandedRecords { $0.switches.sessionRepeatsAfterDivergence = repeating }
    cluster.produce("x", "y", to: 2)
    cluster.run(.milliseconds(50))
    try cluster.partition(2).log?.advanceLogStartOffset(to: 3)
    cluster.publish(to: [1])
    cluster.run(.seconds(5))
    #expect(cluster.partition(1).logEndOffset == 3)
    return cluster.partition(1).logStartOffset == 3
  }

  @Test func `A follower hears of its leader's log start offset after a divergence if the leader reports it again`() throws {
    #expect(try hearsOfTheStartBehindADivergence(repeating: true))
    #expect(try !hearsOfTheStartBehindADivergence(repeating: false), "b and c are of another history, and it still holds them")
  }

  /// A leader's log starts inside of a batch, and a follower has records of an earlier epoch up to there. Returns whether it catches up.
  private func catchesUpFromInsideABatch(restarting: Bool) throws -> Bool {
    let cluster = clusterWithStrandedRecords { $0.switches.restartsInsideBatch = restarting }
    cluster.produce("v", "w", "x", "y", to: 2)
    cluster.run(.milliseconds(50))
    try cluster.partition(2).log?.advanceLogStartOffset(to: 3)
    cluster.publish(to: [1])
    cluster.run(.seconds(5))
    return cluster.partition(1).logEndOffset == 5 && cluster.partition(1).logStartOffset == 3
  }

  @Test func `A follower whose records end inside of its leader's first batch begins anew where the batch does, if it may`() throws {
    #expect(try catchesUpFromInsideABatch(restarting: true))
    #expect(try !catchesUpFromInsideABatch(restarting: false), "Kafka 4.3 does not, until the next leader epoch")
  }

  @Test func `An empty follower begins with the whole batch in which its leader's log starts`() throws {
    let cluster = ReplicaCluster.running()
    let held = cluster.hold(.response, from: 1, to: 3)
    cluster.produce("a", "b", "c", to: 1, acks: 1)
    cluster.run(.milliseconds(50))
    try cluster.partition(1).log?.advanceLogStartOffset(to: 1)
    #expect(cluster.partition(3).logEndOffset == 0)
    cluster.world.release(held)
    cluster.run(.seconds(5))
    #expect(cluster.partition(3).logStartOffset == 1 && cluster.partition(3).logEndOffset == 3)
  }

  /// KAFKA-18991: the response to a fetch of an earlier epoch comes when the offset happens to fit again.
  private func deliverALateDivergence(matchingEpochs: Bool) -> ReplicaCluster {
    let cluster = ReplicaCluster.running { $0.switches.matchEpochOfRequest = matchingEpochs }
    cluster.elect(2)
    cluster.publish()
    cluster.run(.seconds(2))
    cluster.produce("a", to: 2)
    cluster.run(.milliseconds(20))
    let behind = cluster.hold(.response, from: 2, to: 1)
    cluster.produce("x", to: 2, acks: 1)
    cluster.run(.milliseconds(20))
    #expect(cluster.log(3) == ["a@1", "x@1"] && cluster.log(1) == ["a@1"])
    // 3 asks 1, which lacks x; the answer that says so is held.
    let late = cluster.hold(.response, from: 1, to: 3)
    cluster.elect(1)
    cluster.publish(to: [1, 3])
    cluster.run(.milliseconds(20))
    // 2 leads again, and everybody has x.
    cluster.elect(2)
    cluster.world.release(behind)
    cluster.publish()
    cluster.run(.milliseconds(20))
    cluster.elect(1)
    cluster.publish()
    cluster.world.release(late)
    cluster.run(.milliseconds(2))
    return cluster
  }

  @Test func `A late response of an earlier epoch is ignored`() {
    func truncated(_ cluster: ReplicaCluster) -> Bool {
      cluster.occurrences.contains { if case (3, .truncated) = $0 { true } else { false } }
    }
    expectMark(.fetchAnswerOfFormerEpoch) { #expect(!truncated(deliverALateDivergence(matchingEpochs: true))) }
    #expect(truncated(deliverALateDivergence(matchingEpochs: false)))
  }

  @Test func `A new leader records its epoch before the first write`() {
    for persists in [true, false] {
      let cluster = ReplicaCluster.running { $0.switches.persistEpochOnBecomeLeader = persists }
      cluster.elect(2)
      cluster.publish(to: [2])
      #expect(cluster.partition(2).log?.latestEpoch == (persists ? 1 : nil), "KAFKA-7415")
    }
  }

  @Test func `A follower behind the leader's log starts again`() {
    let cluster = ReplicaCluster.running()
    cluster.produce("a", "b", to: 1)
    cluster.run(.milliseconds(20))
    cluster.world.kill(cluster.index(3))
    cluster.commit(isr: [1, 2])
    cluster.publish(to: [1, 2])
    cluster.produce("c", to: 1)
    cluster.produce("d", to: 1)
    cluster.run(.milliseconds(20))
    try? cluster.partition(1).log?.advanceLogStartOffset(to: 3)
    cluster.world.start(cluster.index(3))
    cluster.run(.milliseconds(20))
    cluster.publish(to: [3])
    expectMark(.leaderLogStartsLater) { cluster.run(.seconds(2)) }
    #expect(cluster.partition(3).logStartOffset == 3 && cluster.log(3) == ["d@0"])
    #expect(cluster.partition(3).highWatermark == 4)
  }

  @Test func `A follower beyond the end of a leader that knows nothing truncates to it`() {
    let cluster = ReplicaCluster(ReplicaCluster.Options { $0.switches.persistEpochOnBecomeLeader = false })
    cluster.hold(.response, from: 1, to: 2)
    cluster.publish()
    cluster.produce("a", to: 1, acks: 1)
    cluster.run(.milliseconds(20))
    #expect(cluster.log(3) == ["a@0"] && cluster.log(2) == [])
    cluster.elect(2, isr: [2])
    cluster.publish()
    expectMark(.leaderLogShorter) { cluster.run(.seconds(2)) }
    #expect(cluster.log(1) == [] && cluster.log(3) == [])
    let reasons = cluster.occurrences.compactMap { if case .truncated(_, _, _, _, let reason) = $0.occurrence { reason } else { nil } }
    #expect(reasons == [.outOfRange, .outOfRange])
  }
}
